package dev.tidepool.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds the names somebody may have meant. */
final class NearestNames {
  private static final int MOST_SUGGESTIONS = 3;

  /** Names longer than this are not compared, so that hostile input costs nothing. */
  private static final int LONGEST = 60;

  /** Two letters in each other's place are two edits. */
  private static final int SLIP = 2;

  private record Scored(String name, int distance) {}

  private NearestNames() {}

  /**
   * The violation for a name that nothing is known by. Its value is not shown: it may be a secret.
   */
  static Violation unknown(String name) {
    List<String> near = near(name);
    String fix =
        near.isEmpty()
            ? "remove it, or see the table of properties in the README"
            : "did you mean " + String.join(" or ", near) + "?";
    String shown = escaped(Property.clip(Secrets.mask(name)));
    return new Violation(shown, "", "is not a property", fix);
  }

  /** What is no ASCII as a properties file escapes it: it may be invisible, or look like ASCII. */
  private static String escaped(String name) {
    StringBuilder text = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      text.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return text.toString();
  }

  /** At most three known names, the nearest first. */
  static List<String> near(String name) {
    String wanted = name.length() > LONGEST ? "" : plain(name);
    if (wanted.isEmpty()) {
      return List.of();
    }
    int limit = Math.max(2, wanted.length() / 3);
    return PropertyTable.names().stream()
        .map(known -> new Scored(known, distance(wanted, plain(known))))
        .filter(scored -> scored.distance <= limit)
        .sorted(Comparator.comparingInt(Scored::distance))
        .limit(MOST_SUGGESTIONS)
        .map(Scored::name)
        .collect(Collectors.toList());
  }

  /** Whether somebody may have meant that word. */
  static boolean isSlipOf(String word, String written) {
    return Math.abs(word.length() - written.length()) <= SLIP && edits(written, word) <= SLIP;
  }

  /** Letters and digits in lower case, so that maximum-pool-size and MAXIMUM_POOL_SIZE fit. */
  private static String plain(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  /**
   * Edits between the two; an abbreviation such as maxPoolSize counts as one edit, unless so little
   * is left that it is rather another word.
   */
  private static int distance(String wanted, String known) {
    return wanted.length() >= 4
            && 3 * wanted.length() >= known.length()
            && isAbbreviation(wanted, known)
        ? Math.min(1, known.length() - wanted.length())
        : edits(wanted, known);
  }

  private static boolean isAbbreviation(String shorter, String longer) {
    int at = 0;
    for (int i = 0; i < longer.length() && at < shorter.length(); i++) {
      if (longer.charAt(i) == shorter.charAt(at)) {
        at++;
      }
    }
    return at == shorter.length() && shorter.charAt(0) == longer.charAt(0);
  }

  /** Levenshtein's distance, row by row. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
