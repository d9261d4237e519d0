package dev.tidepool.config;

/**
 * Replaces a text wherever it stands, as {@link String#replace} does, but in time linear in both
 * texts (Knuth, Morris and Pratt): that of the JDK compares anew at each place, which takes hours
 * where both are long runs of one letter.
 */
final class Occurrences {
  private Occurrences() {}

  /**
   * The text with {@code by} in place of each {@code wanted}, from left to right.
   *
   * @param wanted not empty
   */
  static String replace(CharSequence text, CharSequence wanted, String by) {
    int[] borders = borders(wanted);
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    int matched = 0;
    for (int i = 0; i < text.length(); i++) {
      matched = extend(wanted, borders, matched, text.charAt(i));
      if (matched == wanted.length()) {
        out.append(text, copied, i + 1 - matched).append(by);
        copied = i + 1;
        matched = 0;
      }
    }
    return out.append(text, copied, text.length()).toString();
  }

  /** For each beginning of it: how long its longest end is that is a beginning, too. */
  private static int[] borders(CharSequence wanted) {
    int[] borders = new int[wanted.length()];
    for (int i = 1; i < borders.length; i++) {
      borders[i] = extend(wanted, borders, borders[i - 1], wanted.charAt(i));
    }
    return borders;
  }

  /** How much of {@code wanted} ends with {@code next} where so much of it ended before. */
  private static int extend(CharSequence wanted, int[] borders, int matched, char next) {
    int length = matched;
    while (length > 0 && wanted.charAt(length) != next) {
      length = borders[length - 1];
    }
    return wanted.charAt(length) == next ? length + 1 : length;
  }
}
