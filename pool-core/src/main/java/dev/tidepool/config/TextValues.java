package dev.tidepool.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Text to values and back, the same way for every source of text. Only ASCII digits count, no
 * locale is consulted, and whatever the text, the only exception is {@link ValueException}.
 */
final class TextValues {
  /** No number or duration needs more; longer text is refused before anything parses it. */
  private static final int LONGEST = 100;

  private static final String DURATION_FORMS =
      "a duration such as 30s, 500ms, 2m, 1h, PT30S, or plain milliseconds";

  private static final Map<String, Long> NANOS_PER_UNIT =
      Map.of(
          "", 1_000_000L,
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  /** What is longer is shown as ISO 8601 has it, in hours. */
  private static final Duration LONGEST_IN_UNITS = Duration.ofDays(36_500);

  private TextValues() {}

  /** Reads {@code text} as one of the types a property can have in text. */
  static Object parse(Class<?> type, String text) throws ValueException {
    if (type == String.class) {
      return text;
    }
    String word = text.strip();
    if (word.length() > LONGEST) {
      throw new ValueException("at most " + LONGEST + " characters long");
    }
    if (type == Integer.class) {
      return parseInt(word);
    }
    if (type == Long.class) {
      return parseLong(word, "a whole number up to " + Long.MAX_VALUE);
    }
    if (type == Double.class) {
      return parseDouble(word);
    }
    if (type == Boolean.class) {
      return parseBoolean(word);
    }
    if (type == Duration.class) {
      return parseDuration(word);
    }
    if (type.isEnum()) {
      return parseEnum(type, word);
    }
    throw new ValueException("an object of type " + type.getName() + ", which has no text form");
  }

  /** A duration the program itself writes down; the text must be right. */
  static Duration duration(String text) {
    try {
      return parseDuration(text);
    } catch (ValueException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The shortest text that {@link #parse} reads back as the same duration. */
  static String show(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    boolean wholeMillis = duration.equals(duration.truncatedTo(ChronoUnit.MILLIS));
    // Not by abs(), which the shortest of all durations has none of.
    boolean inUnits =
        duration.compareTo(LONGEST_IN_UNITS) <= 0
            && duration.compareTo(LONGEST_IN_UNITS.negated()) >= 0;
    if (!wholeMillis || !inUnits) {
      return duration.toString();
    }
    long millis = duration.toMillis();
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static Integer parseInt(String word) throws ValueException {
    String expected = "a whole number up to " + Integer.MAX_VALUE;
    long value = parseLong(word, expected);
    if (value != (int) value) {
      throw new ValueException(expected);
    }
    return (int) value;
  }

  private static long parseLong(String word, String expected) throws ValueException {
    boolean signed = word.startsWith("-") || word.startsWith("+");
    if (endOfDigits(word, signed ? 1 : 0) != word.length()) {
      throw new ValueException(expected);
    }
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new ValueException(expected);
    }
  }

  private static Double parseDouble(String word) throws ValueException {
    String expected = "a number such as 0.25";
    if (word.isEmpty() || !word.chars().allMatch(c -> isDigit(c) || "+-.eE".indexOf(c) >= 0)) {
      throw new ValueException(expected);
    }
    try {
      double value = Double.parseDouble(word);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ValueException(expected);
    }
    throw new ValueException(expected);
  }

  private static Boolean parseBoolean(String word) throws ValueException {
    if (word.equalsIgnoreCase("true")) {
      return Boolean.TRUE;
    }
    if (word.equalsIgnoreCase("false")) {
      return Boolean.FALSE;
    }
    throw new ValueException("true or false");
  }

  private static Object parseEnum(Class<?> type, String word) throws ValueException {
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants) {
      if (((Enum<?>) constant).name().equalsIgnoreCase(word)) {
        return constant;
      }
    }
    throw new ValueException(
        "one of "
            + Arrays.stream(constants).map(String::valueOf).collect(Collectors.joining(", ")));
  }

  private static Duration parseDuration(String word) throws ValueException {
    try {
      return word.indexOf('P') >= 0 || word.indexOf('p') >= 0
          ? Duration.parse(word)
          : numberAndUnit(word);
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new ValueException(DURATION_FORMS);
    }
  }

  private static Duration numberAndUnit(String word) throws ValueException {
    int start = word.startsWith("-") || word.startsWith("+") ? 1 : 0;
    int end = endOfDigits(word, start);
    Long nanos = NANOS_PER_UNIT.get(word.substring(end).strip().toLowerCase(Locale.ROOT));
    if (end == start || nanos == null) {
      throw new ValueException(DURATION_FORMS);
    }
    long number = Long.parseLong(word.substring(0, end));
    // Seconds and the rest apart, so that plain milliseconds up to Long.MAX_VALUE do not overflow.
    return nanos >= 1_000_000_000L
        ? Duration.ofSeconds(Math.multiplyExact(number, nanos / 1_000_000_000L))
        : Duration.ofNanos(nanos).multipliedBy(number);
  }

  /** Index after the digits that begin at {@code start}. */
  private static int endOfDigits(String word, int start) {
    int end = start;
    while (end < word.length() && isDigit(word.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
