package dev.tidepool.config;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a statement that may hold secrets, and is not to be shown: all from its first value
 * on. What a value is for only the database knows, as in {@code set_config('app.secret', 'x')}.
 */
public final class SqlValues {
  /**
   * Where a literal or a comment may begin, or a value without quotes. What stands before the first
   * of these is in no literal of any database. To go on behind one takes the database's own rules
   * for its end (backslashes, {@code q'[...]'}, comments), and an end that is none would show what
   * follows.
   */
  private static final Pattern VALUE = value("['\"]");

  /** The same where double quotes stand around names only. */
  private static final Pattern VALUE_BESIDE_NAMES = value("'");

  private static final Pattern QUOTE = Pattern.compile("'+|\"+|\\$\\w*\\$");

  private SqlValues() {}

  /**
   * A word is looked through from its start alone, or a long one would be once for each of its
   * letters. No {@code \b}: at each of many combining marks it goes back to the first of them.
   */
  private static Pattern value(String quotes) {
    return Pattern.compile(
        quotes
            + "|\\$(?!\\d)|--|/\\*|#"
            + "|(?<!\\w)(?:0x|(?:identified|exec|execute)(?!\\w)|\\w*?(?:passw|pwd))",
        Pattern.CASE_INSENSITIVE);
  }

  /**
   * Where the first value begins; the length if there is none.
   *
   * @param namesInQuotes whether double quotes stand around names only
   */
  public static int start(CharSequence sql, boolean namesInQuotes) {
    Matcher value = (namesInQuotes ? VALUE_BESIDE_NAMES : VALUE).matcher(sql);
    return value.find() ? value.start() : sql.length();
  }

  /**
   * The statement of a setting up to its first value.
   *
   * @param sql null is taken as empty
   */
  public static String mask(@Nullable String sql) {
    int start = sql == null ? 0 : start(sql, false);
    if (sql == null || start == sql.length()) {
      return Secrets.mask(sql);
    }
    return Secrets.mask(sql.substring(0, start)) + Secrets.MASK;
  }

  /** What {@link #mask} leaves out, and its parts: a database may quote either. */
  public static Set<String> in(String sql) {
    Set<String> found = new LinkedHashSet<>();
    String values = sql.substring(start(sql, false));
    found.add(values);
    for (String part : QUOTE.split(values)) {
      found.add(part);
    }
    return found;
  }
}
