package dev.tidepool.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Masks passwords that stand before an {@code @}: {@code //user:password@host}, and Oracle's {@code
 * thin:user/password@host}. Works word by word, each in linear time; a URL is one word, whatever
 * blanks there are in it.
 */
final class UserInfo {
  private static final String ORACLE = "oracle:";

  /** An IPv6 address with its zone is shorter; a bracket without an end must not cost more. */
  private static final int LONGEST_ADDRESS = 80;

  /** Of one text; a URL of many hosts names a few. */
  private static final int MOST_FOUND = 100;

  private final String word;
  private final int lastAt;
  private final List<String> found;

  // The range looked at last for an @ before the query, so that no part is searched twice.
  private int queryStart = -1;
  private int lastAtBeforeQuery = -1;

  private UserInfo(String word, List<String> found) {
    this.word = word;
    this.lastAt = word.lastIndexOf('@');
    this.found = found;
  }

  static String mask(String text, boolean url) {
    return mask(text, url, new ArrayList<>());
  }

  /** What {@link #mask} would mask, as it is written there; no more than a hundred. */
  static List<String> find(String text, boolean url) {
    List<String> found = new ArrayList<>();
    String unused = mask(text, url, found);
    return found;
  }

  /**
   * Where a password begins that goes on beyond the text; -1 if that cannot be one.
   *
   * @param authority what follows a {@code //}
   * @param blanks whether there may be blanks in it
   */
  static int startOfPassword(String authority, boolean blanks) {
    UserInfo info = new UserInfo(authority, new ArrayList<>());
    int colon = info.endOfHost(0);
    while (colon >= 0 && info.isPort(colon)) {
      int end = info.endOfDigits(colon);
      boolean more = end < authority.length() && authority.charAt(end) == ',';
      colon = more ? info.endOfHost(end + 1) : -1;
    }
    if (colon < 0 || (!blanks && authority.chars().anyMatch(Character::isWhitespace))) {
      return -1;
    }
    boolean ended = authority.chars().skip(colon).anyMatch(c -> "/?#".indexOf(c) >= 0);
    return ended ? -1 : colon + 1;
  }

  private static String mask(String text, boolean url, List<String> found) {
    if (text.indexOf('@') < 0) {
      return text;
    }
    if (url) {
      return maskWord(text, found);
    }
    StringBuilder out = new StringBuilder(text.length());
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || Character.isWhitespace(text.charAt(i))) {
        out.append(maskWord(text.substring(start, i), found));
        out.append(text, i, Math.min(i + 1, text.length()));
        start = i + 1;
      }
    }
    return out.toString();
  }

  private static String maskWord(String word, List<String> found) {
    return new UserInfo(maskOracle(word, found), found).maskAuthorities();
  }

  private static String maskOracle(String word, List<String> found) {
    int oracle = indexOfOracle(word);
    int user = oracle < 0 ? 0 : word.indexOf(':', oracle + ORACLE.length()) + 1;
    if (user == 0) {
      return word;
    }
    int slash = word.indexOf('/', user);
    int at = word.indexOf('@', user);
    if (slash < 0 || at < slash) {
      return word;
    }
    int end = word.lastIndexOf('@');
    note(word.substring(slash + 1, end), found);
    return word.substring(0, slash + 1) + Secrets.MASK + word.substring(end);
  }

  /**
   * Notes what stands before the last {@code @}: a password with or without an {@code @} in it, or
   * one and further {@code host,user:password} pairs.
   */
  private static void note(String secrets, List<String> found) {
    if (found.size() >= MOST_FOUND) {
      return;
    }
    found.add(secrets);
    String[] parts = secrets.split("@", MOST_FOUND);
    for (int i = 0; i < parts.length && found.size() < MOST_FOUND; i++) {
      int pair = parts[i].lastIndexOf(',') + 1;
      found.add(i == 0 ? parts[i] : parts[i].substring(parts[i].indexOf(':', pair) + 1));
    }
  }

  private static int indexOfOracle(String word) {
    for (int i = 0; i + ORACLE.length() <= word.length(); i++) {
      if (word.regionMatches(true, i, ORACLE, 0, ORACLE.length())) {
        return i;
      }
    }
    return -1;
  }

  private String maskAuthorities() {
    StringBuilder out = new StringBuilder(word.length());
    int copied = 0;
    int slashes = word.indexOf("//");
    while (slashes >= 0 && slashes < lastAt) {
      int authority = skipSlashes(slashes);
      int colon = endOfHost(authority);
      int next = Math.max(authority, colon);
      if (colon >= 0) {
        int at = endOfPassword(colon);
        if (at > colon) {
          note(word.substring(colon + 1, at), found);
          out.append(word, copied, colon + 1).append(Secrets.MASK);
          copied = at;
          next = at;
        }
      }
      slashes = word.indexOf("//", next);
    }
    return out.append(word, copied, word.length()).toString();
  }

  private int skipSlashes(int from) {
    int next = from;
    while (next < word.length() && word.charAt(next) == '/') {
      next++;
    }
    return next;
  }

  /** The colon that ends a host or user name; -1 if there is none. */
  private int endOfHost(int from) {
    int i = from;
    if (i < word.length() && word.charAt(i) == '[') {
      int close = word.substring(i, Math.min(word.length(), i + LONGEST_ADDRESS)).indexOf(']');
      i += Math.max(close, 0);
    }
    for (; i < word.length() && "/?#;".indexOf(word.charAt(i)) < 0; i++) {
      if (word.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  /**
   * The {@code @} after a password that begins behind {@code colon}; -1 if a port stands there.
   * Any @ of the word can end a password, for one may stand in it; behind a port only one before
   * the query is taken for that.
   */
  private int endOfPassword(int colon) {
    return isPort(colon) ? lastAtBeforeQuery(colon) : lastAt;
  }

  private boolean isPort(int colon) {
    int digits = endOfDigits(colon);
    return digits > colon + 1
        && (digits == word.length() || "/?#;,".indexOf(word.charAt(digits)) >= 0);
  }

  private int endOfDigits(int colon) {
    int digits = colon + 1;
    while (digits < word.length() && Character.isDigit(word.charAt(digits))) {
      digits++;
    }
    return digits;
  }

  private int lastAtBeforeQuery(int from) {
    if (queryStart < from) {
      lastAtBeforeQuery = -1;
      int i = from;
      for (; i < word.length() && !isQuery(i); i++) {
        if (word.charAt(i) == '@') {
          lastAtBeforeQuery = i;
        }
      }
      queryStart = i;
    }
    return lastAtBeforeQuery;
  }

  /** A semicolon begins parameters only if a name and an equals sign follow. */
  private boolean isQuery(int from) {
    if (word.charAt(from) != ';') {
      return "?#".indexOf(word.charAt(from)) >= 0;
    }
    int end = from + 1;
    while (end < word.length() && ";=@".indexOf(word.charAt(end)) < 0) {
      end++;
    }
    return end == word.length() || word.charAt(end) == '=';
  }
}
