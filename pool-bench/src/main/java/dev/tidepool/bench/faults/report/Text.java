package dev.tidepool.bench.faults.report;

import java.util.List;
import java.util.Locale;

/** Pieces of Markdown. */
final class Text {
  private Text() {}

  /** To the unit, thousands apart. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
  }

  /** The same, or {@code never} if it is infinite. */
  static String time(double millis) {
    return Double.isInfinite(millis) ? "never" : number(millis);
  }

  /** One line of a table. */
  static String row(List<String> fields) {
    return "| " + String.join(" | ", fields) + " |\n";
  }

  /** The head of a table: so many columns of words, then figures. */
  static String head(List<String> titles, int words) {
    return row(titles) + "|" + "---|".repeat(words) + "---:|".repeat(titles.size() - words) + "\n";
  }

  /** As code in a table, in which a bar would end the field. */
  static String code(String text) {
    return "`" + text.replaceAll("\\s+", " ").replace("`", "'").replace("|", "\\|") + "`";
  }
}
