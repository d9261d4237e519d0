package dev.tidepool.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Masks secrets in text that people will read: URLs, messages of drivers, settings. It would rather
 * mask too much than too little. Every method runs in time linear in the text, once for each secret
 * that is known, throws nothing, and may be called from any thread.
 */
public final class Secrets {
  /** What stands in place of a secret. */
  public static final String MASK = "***";

  /** Shorter passwords are masked only where they stand alone, or no word would survive. */
  private static final int SHORTEST_ANYWHERE = 4;

  /** Up to here the JDK's search is faster, as what it may compare in vain is bounded. */
  private static final int LONGEST_SIMPLE = 64;

  private static final List<String> PARTS_OF_SECRET_NAMES =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "passcode",
          "pwd",
          "secret",
          "token",
          "credential",
          "signature",
          "pvtkey",
          "accesskey",
          "accountkey",
          "apikey",
          "encryptionkey",
          "privatekey",
          "sharedkey",
          "clientkey",
          "cryptkey",
          "cryptconfig",
          "logdata");

  private static final Set<String> QUOTES = Set.of("''", "\"\"", "{}");

  /** The last word of a name. */
  private static final Set<String> SECRET_WORDS = Set.of("pass", "pw", "sig", "jwt");

  /** The same for settings; in a message a key is most often one of a table. */
  private static final Set<String> SECRET_SETTINGS = Set.of("key", "hexkey");

  private static final String JDBC = "jdbc:";

  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparingInt(String::length).reversed();

  private Secrets() {}

  /**
   * The text without what looks like a secret: values of names such as {@code password}, {@code
   * pwd}, {@code token} or {@code accessKey} in any of the usual notations, {@code
   * //user:password@host}, and Oracle's {@code thin:user/password@host}.
   *
   * @param text any text; null is taken as empty
   */
  public static String mask(@Nullable String text) {
    return text == null ? "" : mask(text, isUrl(text));
  }

  /** The same for a text that is meant to be a URL, whatever it looks like. */
  public static String maskUrl(@Nullable String url) {
    return url == null ? "" : mask(url, true);
  }

  private static String mask(String text, boolean url) {
    return UserInfo.mask(KeyedSecrets.mask(text, url), url);
  }

  private static boolean isUrl(String text) {
    return text.regionMatches(true, 0, JDBC, 0, JDBC.length());
  }

  /**
   * The same as {@link #mask}, and {@code password} is masked wherever it stands, plain or encoded.
   *
   * @param text any text; null is taken as empty
   * @param password the password known; null or empty if there is none
   */
  public static String maskKnown(@Nullable String text, @Nullable String password) {
    return maskAll(text, password == null ? Set.of() : Set.of(password));
  }

  /**
   * The same for several.
   *
   * @param text any text; null is taken as empty
   * @param known secrets; empty ones are passed over
   */
  public static String maskAll(@Nullable String text, Collection<String> known) {
    String masked = text == null ? "" : text;
    Set<String> forms = new LinkedHashSet<>();
    known.forEach(secret -> addWritten(secret, forms));
    // The longest first: one secret may be the beginning of another.
    for (String form : forms.stream().sorted(LONGEST_FIRST).toList()) {
      masked = replace(masked, form);
    }
    return mask(masked);
  }

  private static String replace(String text, String secret) {
    if (secret.length() < SHORTEST_ANYWHERE) {
      return replaceWord(text, secret);
    }
    return secret.length() <= LONGEST_SIMPLE
        ? text.replace(secret, MASK)
        : Occurrences.replace(text, secret, MASK);
  }

  /**
   * The secrets in a URL or the like, values of secret names and what stands between user and host:
   * as they are written there, without quotes, and decoded.
   */
  public static Set<String> inUrl(String url) {
    return in(url, true);
  }

  private static Set<String> in(String text, boolean url) {
    Set<String> found = new LinkedHashSet<>();
    List<String> all = new ArrayList<>(KeyedSecrets.find(text, url));
    all.addAll(UserInfo.find(text, url));
    for (String written : all) {
      addForms(written, found);
      // In MySQL's (host=h,password=x)/db it ends before what is masked with it.
      int end = endOfPart(written);
      if (end < written.length()) {
        addForms(written.substring(0, end), found);
      }
    }
    return found;
  }

  /** Values of properties that are about passwords without being one. */
  private static final Set<String> SWITCHES = Set.of("true", "false");

  private static void addForms(String written, Set<String> found) {
    found.add(written);
    int last = written.length() - 1;
    if (last > 0 && QUOTES.contains("" + written.charAt(0) + written.charAt(last))) {
      String inner = written.substring(1, last);
      String close = written.substring(last);
      found.add(inner);
      found.add(inner.replace(close + close, close));
      found.add(withoutEscapes(inner));
    }
    try {
      found.add(URLDecoder.decode(written, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      // A lone % is no code, so it stands for itself.
      found.add(written);
    }
  }

  /** Each character after a backslash stands for itself. */
  private static String withoutEscapes(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
      i += escape ? 1 : 0;
      plain.append(text.charAt(i));
    }
    return plain.toString();
  }

  private static int endOfPart(String written) {
    int end = 0;
    while (end < written.length() && ",)".indexOf(written.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** The values of those that have a secret name, and what is secret in the other values. */
  public static Set<String> in(Map<String, String> properties) {
    Set<String> found = new LinkedHashSet<>();
    properties.forEach(
        (name, value) -> {
          if (isSecretName(name, true) && !SWITCHES.contains(value)) {
            found.add(value);
          } else {
            found.addAll(in(value, isNameOfUrl(name) || isUrl(value)));
          }
        });
    return found;
  }

  /** A copy without secrets, for people: what is no text is a secret, too. */
  public static Properties maskValues(Properties properties) {
    Properties shown = new Properties();
    properties.forEach(
        (key, value) -> {
          // As it was given: masked, a name may no longer tell that its value is secret.
          String name = String.valueOf(key);
          boolean hidden = isSecretName(name, true) || !(value instanceof CharSequence);
          shown.setProperty(mask(name), hidden ? MASK : maskValue(name, value.toString()));
        });
    return shown;
  }

  /** The value of a setting of that name, which is not secret as a whole. */
  public static String maskValue(String name, String value) {
    if (isNameOfUrl(name)) {
      return maskUrl(value);
    }
    return isNameOfSql(name) ? SqlValues.mask(value) : mask(value);
  }

  /** What {@link #maskValue} hides of it, as it may stand in what a database says of it. */
  public static Set<String> inValue(String name, String value) {
    return isNameOfSql(name) ? SqlValues.in(value) : Set.of();
  }

  private static boolean isNameOfSql(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    return plain.endsWith("sql") || plain.endsWith("query");
  }

  private static boolean isNameOfUrl(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith("url");
  }

  /**
   * Whether a value under this name has to be masked.
   *
   * @param setting whether it is that of a parameter or property, and not just a word
   */
  static boolean isSecretName(String name, boolean setting) {
    StringBuilder plain = new StringBuilder(name.length());
    int lastWord = 0;
    char before = ' ';
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c)
          || (Character.isUpperCase(c) && Character.isLowerCase(before))) {
        lastWord = plain.length();
      }
      if (Character.isLetterOrDigit(c)) {
        plain.append(Character.toLowerCase(c));
      }
      before = c;
    }
    String letters = plain.toString();
    String word = plain.substring(lastWord);
    return PARTS_OF_SECRET_NAMES.stream().anyMatch(letters::contains)
        || SECRET_WORDS.contains(word)
        || (setting
            && (letters.endsWith("pass")
                || SECRET_SETTINGS.contains(word)
                || NearestNames.isSlipOf("password", letters)));
  }

  /** Adds the ways a password can be written in a URL or a message. */
  private static void addWritten(String password, Set<String> forms) {
    if (password.isEmpty()) {
      return;
    }
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8);
    String escaped = password.replace("\\", "\\\\");
    for (String form : List.of(encoded, encoded.replace("+", "%20"))) {
      forms.add(form);
      forms.add(lowerEscapes(form));
    }
    forms.add(escaped.replace("\"", "\\\""));
    forms.add(escaped.replace("'", "\\'"));
    forms.add(password.replace("'", "''"));
    forms.add(password.replace("}", "}}"));
    forms.add(password);
  }

  /** {@code %2F} as {@code %2f}, and nothing else changed. */
  private static String lowerEscapes(String encoded) {
    StringBuilder lower = new StringBuilder(encoded);
    for (int i = encoded.indexOf('%'); i >= 0; i = encoded.indexOf('%', i + 3)) {
      lower.setCharAt(i + 1, Character.toLowerCase(encoded.charAt(i + 1)));
      lower.setCharAt(i + 2, Character.toLowerCase(encoded.charAt(i + 2)));
    }
    return lower.toString();
  }

  private static String replaceWord(String text, String word) {
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    int found = text.indexOf(word);
    while (found >= 0) {
      int end = found + word.length();
      if (isEdge(text, found - 1) && isEdge(text, end)) {
        out.append(text, copied, found).append(MASK);
        copied = end;
        found = text.indexOf(word, end);
      } else {
        found = text.indexOf(word, found + 1);
      }
    }
    return out.append(text, copied, text.length()).toString();
  }

  private static boolean isEdge(String text, int index) {
    return index < 0 || index >= text.length() || !Character.isLetterOrDigit(text.charAt(index));
  }
}
