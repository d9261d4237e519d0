package dev.tidepool.config;

import java.time.Duration;
import java.util.Properties;
import java.util.function.Predicate;

/**
 * What a value must satisfy.
 *
 * @param text the rule as the end of "must be ..."
 * @param holds the check
 */
record Rule<T>(String text, Predicate<T> holds) {
  private static final int MAX_NAME = 100;

  /** Largest number of milliseconds that JDBC and HikariCP can express as an int: about 24 days. */
  static final String MOST_MILLIS = "2147483647ms";

  static final Rule<String> JDBC_URL_FORM =
      new Rule<>("a JDBC URL, which starts with jdbc:", v -> v.startsWith("jdbc:"));
  static final Rule<String> CLASS_NAME =
      new Rule<>("the full name of a class, without blanks", Rule::isClassName);
  static final Rule<String> NAME_FORM =
      new Rule<>(
          "1 to " + MAX_NAME + " characters, not blank, without control characters",
          Rule::isPoolName);
  static final Rule<String> ISOLATION =
      new Rule<>("one of " + IsolationLevel.names() + " or its number", IsolationLevel::isKnown);
  static final Rule<Properties> TEXT_KEYS =
      new Rule<>(
          "properties whose keys are text, not blank, without control characters",
          v -> v.keySet().stream().allMatch(Rule::isPropertyName));
  static final Rule<Duration> WHOLE_SECONDS =
      new Rule<>(
          "whole seconds from 1s to 32767s",
          v -> v.getNano() == 0 && v.getSeconds() >= 1 && v.getSeconds() <= 32_767);

  static <T> Rule<T> any() {
    return new Rule<>("", v -> true);
  }

  static <T extends Comparable<T>> Rule<T> between(T least, T most) {
    return new Rule<>(
        "from " + least + " to " + most, v -> v.compareTo(least) >= 0 && v.compareTo(most) <= 0);
  }

  static <T extends Comparable<T>> Rule<T> atLeast(T least) {
    return new Rule<>(least + " or more", v -> v.compareTo(least) >= 0);
  }

  static Rule<Duration> within(String least, String most) {
    Rule<Duration> range = between(TextValues.duration(least), TextValues.duration(most));
    return new Rule<>("from " + least + " to " + most, range.holds());
  }

  static Rule<Duration> zeroOr(String least, String most) {
    Rule<Duration> range = within(least, most);
    return new Rule<>("0 or " + range.text(), v -> v.isZero() || range.holds().test(v));
  }

  private static boolean isClassName(String value) {
    return !value.startsWith(".")
        && !value.endsWith(".")
        && !value.contains("..")
        && value.codePoints().allMatch(Rule::isInClassName);
  }

  /** Java lets control characters stand in a name, where they would forge lines of a log. */
  private static boolean isInClassName(int c) {
    return c == '.' || (Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private static boolean isPoolName(String value) {
    return !value.isBlank()
        && value.length() <= MAX_NAME
        && value.chars().noneMatch(Property::isUnsafe);
  }

  private static boolean isPropertyName(Object key) {
    return key instanceof String name
        && !name.isBlank()
        && name.chars().noneMatch(Property::isUnsafe);
  }
}
