package dev.tidepool.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Masks the values of secret names: {@code password=x}, {@code "pwd": "x"}, {@code token%3Dx},
 * {@code PASSWORD 'x'}, {@code IDENTIFIED BY x}. One pass from left to right; every character is
 * looked at a small, fixed number of times.
 *
 * <p>In a message words follow a value. In a URL it goes on to the character that separates the
 * parameters of its kind, {@code &} behind a {@code ?} and {@code ;} behind a {@code ;}: the other
 * one, and a blank, may stand in a password. Where neither begins the name, all that follows is
 * masked.
 */
final class KeyedSecrets {
  /** In place of a character that separates parameters. */
  private static final char NONE = '\0';

  private final String text;
  private final boolean url;

  private final StringBuilder out;
  private final List<String> found = new ArrayList<>();
  private int at;

  // Behind the // read last, there and in what is put out; -1 if there is none to look at.
  private int authority = -1;
  private int authorityOut;

  private KeyedSecrets(String text, boolean url) {
    this.text = text;
    this.url = url;
    this.out = new StringBuilder(text.length());
  }

  static String mask(String text, boolean url) {
    return new KeyedSecrets(text, url).run();
  }

  /** What {@link #mask} would mask, as it is written there. */
  static List<String> find(String text, boolean url) {
    KeyedSecrets secrets = new KeyedSecrets(text, url);
    String unused = secrets.run();
    return secrets.found;
  }

  private String run() {
    String before = "";
    while (at < text.length()) {
      if (!isNamePart(charAt(at))) {
        copyTo(at + 1);
        noteAuthority();
        continue;
      }
      int start = at;
      String name = text.substring(at, endOfName(at));
      copyTo(at + name.length());
      int value = startOfValue(before, name);
      if (value >= 0) {
        maskFrom(value, start);
      }
      before = name;
    }
    return out.toString();
  }

  private void copyTo(int end) {
    out.append(text, at, end);
    at = end;
  }

  private void noteAuthority() {
    if (at >= 2 && text.startsWith("//", at - 2)) {
      authority = at;
      authorityOut = out.length();
    }
  }

  /** What ends the value of the name that begins there, in a URL. */
  private char separatorOf(int name) {
    int before = name - 1;
    while (before >= 0 && text.charAt(before) == ' ') {
      before--;
    }
    return switch (before < 0 ? NONE : text.charAt(before)) {
      case '?', '&' -> '&';
      case ';', ':' -> ';';
      default -> NONE;
    };
  }

  private void maskFrom(int value, int name) {
    char separator = separatorOf(name);
    int end = url ? endInUrl(value, separator) : endOfValue(value);
    copyTo(value);
    if (end > value) {
      String secret = text.substring(value, end);
      found.add(secret);
      if (secret.indexOf('@') >= 0) {
        takeBackUserInfo(name);
      }
      if (url) { // to the driver a quote may be a character like any other
        found.add(text.substring(value, Math.min(end, endOfPart(value, separator))));
      }
      out.append(Secrets.MASK);
      at = end;
    }
  }

  /**
   * In {@code //user:{password=}x@host} the name is a part of the password, whose end is masked
   * here: so is its beginning, as without the {@code @} it would not be known for one any more.
   */
  private void takeBackUserInfo(int name) {
    if (authority >= 0) {
      int password = UserInfo.startOfPassword(text.substring(authority, name), url);
      if (password >= 0) {
        out.setLength(Math.min(out.length(), authorityOut + password));
        out.append(Secrets.MASK).append('@'); // by which UserInfo knows what stands before it
      }
      authority = -1; // so that no part is looked at twice
    }
  }

  /** Where the secret begins that {@code name}, which ends here, announces; -1 if it does not. */
  private int startOfValue(String before, String name) {
    if (name.equalsIgnoreCase("by") && before.equalsIgnoreCase("identified")) {
      return skipBlanks(at);
    }
    if (!Secrets.isSecretName(name, url)) {
      return -1;
    }
    int closed = skipClosingQuote(at);
    int next = skipBlanks(closed);
    int assigned = skipAssignment(next);
    if (assigned > next) {
      int value = skipBlanks(assigned);
      return isMySqlHint(before, value) ? -1 : value;
    }
    // SQL: a quoted text after the word.
    return next > at && closed == at && isQuote(charAt(next)) ? next : -1;
  }

  /** MySQL says "(using password: YES)": whether there was one, which is worth knowing. */
  private boolean isMySqlHint(String before, int value) {
    return before.equals("using")
        && (text.startsWith("YES)", value) || text.startsWith("NO)", value));
  }

  private int skipClosingQuote(int from) {
    int quote = charAt(from) == '\\' ? from + 1 : from;
    return isQuote(charAt(quote)) ? quote + 1 : from;
  }

  private int skipAssignment(int from) {
    char c = charAt(from);
    if (c == '=') {
      return charAt(from + 1) == '>' ? from + 2 : from + 1;
    }
    if (c == ':') {
      return charAt(from + 1) == '=' ? from + 2 : from + 1;
    }
    if (c == '%') {
      int code = from + 1;
      while (text.startsWith("25", code)) {
        code += 2;
      }
      boolean assigns =
          text.regionMatches(true, code, "3D", 0, 2) || text.regionMatches(true, code, "3A", 0, 2);
      return assigns ? code + 2 : from;
    }
    return from;
  }

  private int endInUrl(int start, char separator) {
    char first = charAt(start);
    int end = start;
    if (isQuote(first)) {
      end = afterQuoted(start, first, true);
      if (separator == NONE && (isComplete(end) || charAt(end) == ' ')) { // SQL goes on after one
        return end;
      }
    } else if (first == '{' && separator == ';') {
      end = afterQuoted(start, '}', false);
    }
    return endOfPart(end, separator);
  }

  private int endOfPart(int from, char separator) {
    int end = separator == NONE ? -1 : text.indexOf(separator, from);
    return end < 0 ? text.length() : end;
  }

  private int endOfValue(int start) {
    char first = charAt(start);
    if (first == '\\' && isQuote(charAt(start + 1))) {
      int end = text.indexOf(text.substring(start, start + 2), start + 2);
      return end < 0 ? text.length() : endAfter(end + 2);
    }
    if (isQuote(first)) {
      return endAfter(afterQuoted(start, first, true));
    }
    if (first == '{') {
      return endAfter(afterQuoted(start, '}', false));
    }
    return endOfBare(start);
  }

  /**
   * After the closing character, which stands for itself when doubled; else the end of the text.
   */
  private int afterQuoted(int start, char close, boolean backslashEscapes) {
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == close && charAt(i + 1) != close) {
        return i + 1;
      }
      if (c == close || (c == '\\' && backslashEscapes)) {
        i++;
      }
    }
    return text.length();
  }

  /** What looked quoted was not if more follows at once; then the rest belongs to it. */
  private int endAfter(int end) {
    return isComplete(end) ? end : endOfBare(end);
  }

  private boolean isComplete(int end) {
    return end >= text.length() || ",;&)}]\"'\\.".indexOf(text.charAt(end)) >= 0;
  }

  private int endOfBare(int start) {
    int end = start;
    while (end < text.length() && !isDelimiter(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int endOfName(int start) {
    int end = start;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int skipBlanks(int from) {
    int next = from;
    while (charAt(next) == ' ' || charAt(next) == '\t') {
      next++;
    }
    return next;
  }

  /** The character there; beyond the end one that means nothing. */
  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : '\n';
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }

  private static boolean isDelimiter(char c) {
    return c == '&' || c == ';' || Character.isWhitespace(c) || Character.isISOControl(c);
  }
}
