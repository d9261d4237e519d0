package dev.tidepool.internal.connect;

import java.util.regex.Pattern;

/** Takes secrets out of text that is going to be shown. */
final class Masks {
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)([\\w.-]*(?:password|passwd|pwd|secret|token|passphrase)\\s*=)"
              + "(?:\\{[^}]*\\}|[^&;,)\\s]*)");
  private static final Pattern USER_INFO = Pattern.compile("(//[^/@:?;\\s]*:)[^/@?;\\s]*@");
  private static final Pattern ORACLE =
      Pattern.compile("(?i)(jdbc:oracle:[^:]*:[^/@\\s]*/)[^@\\s]*@");

  private Masks() {}

  /** A JDBC URL without its passwords. */
  static String url(String url) {
    String text = PARAMETER.matcher(url).replaceAll("$1***");
    text = USER_INFO.matcher(text).replaceAll("$1***@");
    return ORACLE.matcher(text).replaceAll("$1***@");
  }
}
