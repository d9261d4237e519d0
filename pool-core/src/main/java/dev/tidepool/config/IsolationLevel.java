package dev.tidepool.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Isolation levels by the names HikariCP knows: JDBC's, and those of Db2 and SQL Server. */
enum IsolationLevel {
  NONE(0),
  READ_UNCOMMITTED(1),
  READ_COMMITTED(2),
  CURSOR_STABILITY(3),
  REPEATABLE_READ(4),
  LAST_COMMITTED(5),
  SERIALIZABLE(8),
  SQL_SERVER_SNAPSHOT_ISOLATION_LEVEL(4096);

  private static final String JDBC_PREFIX = "TRANSACTION_";

  private final int number;

  IsolationLevel(int number) {
    this.number = number;
  }

  /** The number for a name, with or without {@code TRANSACTION_}, or for a number in text. */
  static OptionalInt parse(String text) {
    String word = text.strip().toUpperCase(Locale.ROOT);
    String name = word.startsWith(JDBC_PREFIX) ? word.substring(JDBC_PREFIX.length()) : word;
    return Arrays.stream(values())
        .filter(level -> level.name().equals(name) || Integer.toString(level.number).equals(word))
        .mapToInt(level -> level.number)
        .findFirst();
  }

  static boolean isKnown(String text) {
    return parse(text).isPresent();
  }

  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
