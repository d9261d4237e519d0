package dev.tidepool.internal.inventory;

import dev.tidepool.config.SqlValues;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statement that a borrower sent last, for reports to people.
 *
 * @param lease the borrower's
 * @param sql its beginning
 * @param at when it was sent
 */
record Sent(long lease, String sql, long at) {
  private static final int MOST_SHOWN = 200;
  private static final Pattern BLANK = Pattern.compile("[\\s\\p{C}\\p{Zl}\\p{Zp}]+");

  private static final Pattern NUMBER = Pattern.compile("\\b\\d[\\w.]*");

  /** What is set needs no quotes to be a text; but in an UPDATE it does. */
  private static final Pattern SETTING =
      Pattern.compile(
          "(?:^|;)\\s*+(?:alter\\s[^;]*?\\s)?set\\s[^=;]*?(?:=|\\bto\\b)",
          Pattern.CASE_INSENSITIVE);

  private static final List<String> DRIVERS_THAT_QUOTE_NAMES =
      List.of("org.postgresql.", "org.h2.", "oracle.");

  /** Of statements that carry megabytes only the beginning is kept. */
  static Sent of(long lease, String sql, long at) {
    return new Sent(lease, sql.length() > MOST_SHOWN ? sql.substring(0, MOST_SHOWN) : sql, at);
  }

  /** On one line, and only up to the first value that is no number: that may be a secret. */
  String shown(String driverClass) {
    boolean names = DRIVERS_THAT_QUOTE_NAMES.stream().anyMatch(driverClass::startsWith);
    int end = Math.min(SqlValues.start(sql, names), startOfSetting());
    boolean whole = end == sql.length() && end < MOST_SHOWN;
    String numbersHidden = NUMBER.matcher(sql.substring(0, end)).replaceAll("?");
    String open = BLANK.matcher(numbersHidden).replaceAll(" ").strip();
    return whole ? open : open + "...";
  }

  private int startOfSetting() {
    Matcher setting = SETTING.matcher(sql);
    return setting.find() ? setting.end() : sql.length();
  }
}
