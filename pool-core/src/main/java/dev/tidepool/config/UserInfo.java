package dev.tidepool.config;

/**
 * Masks passwords that stand before an {@code @}: {@code //user:password@host}, and Oracle's {@code
 * thin:user/password@host}. Works word by word, each in linear time.
 */
final class UserInfo {
  private static final String ORACLE = "oracle:";

  /** An IPv6 address with its zone is shorter; a bracket without an end must not cost more. */
  private static final int LONGEST_ADDRESS = 80;

  private final String word;
  private final int lastAt;

  // The range looked at last for an @ before the query, so that no part is searched twice.
  private int queryStart = -1;
  private int lastAtBeforeQuery = -1;

  private UserInfo(String word) {
    this.word = word;
    this.lastAt = word.lastIndexOf('@');
  }

  static String mask(String text) {
    if (text.indexOf('@') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || Character.isWhitespace(text.charAt(i))) {
        out.append(maskWord(text.substring(start, i)));
        out.append(text, i, Math.min(i + 1, text.length()));
        start = i + 1;
      }
    }
    return out.toString();
  }

  private static String maskWord(String word) {
    return new UserInfo(maskOracle(word)).maskAuthorities();
  }

  private static String maskOracle(String word) {
    int oracle = indexOfOracle(word);
    int user = oracle < 0 ? 0 : word.indexOf(':', oracle + ORACLE.length()) + 1;
    if (user == 0) {
      return word;
    }
    int slash = word.indexOf('/', user);
    int at = word.indexOf('@', user);
    return slash < 0 || at < slash
        ? word
        : word.substring(0, slash + 1) + Secrets.MASK + word.substring(word.lastIndexOf('@'));
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
    int digits = colon + 1;
    while (digits < word.length() && Character.isDigit(word.charAt(digits))) {
      digits++;
    }
    boolean port =
        digits > colon + 1
            && (digits == word.length() || "/?#;,".indexOf(word.charAt(digits)) >= 0);
    return port ? lastAtBeforeQuery(colon) : lastAt;
  }

  private int lastAtBeforeQuery(int from) {
    if (queryStart < from) {
      lastAtBeforeQuery = -1;
      int i = from;
      for (; i < word.length() && "?#;".indexOf(word.charAt(i)) < 0; i++) {
        if (word.charAt(i) == '@') {
          lastAtBeforeQuery = i;
        }
      }
      queryStart = i;
    }
    return lastAtBeforeQuery;
  }
}
