package dev.tidepool.internal.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The quoting methods that JDBC 4.5 (JDK 26) added to {@link Connection}, for code compiled against
 * less. Where the interface does not have them, the driver's {@link Statement} answers: JDBC 4.5
 * gives both the same meaning, and a driver that quotes in its own way does so there since JDBC
 * 4.3.
 *
 * <p>The handles are constants, so a call through them costs no more than a direct one.
 */
final class Quoting {
  private static final MethodType TEXT_TO_TEXT = MethodType.methodType(String.class, String.class);

  private static final @Nullable MethodHandle LITERAL = find("enquoteLiteral", TEXT_TO_TEXT);
  private static final @Nullable MethodHandle N_CHAR_LITERAL =
      find("enquoteNCharLiteral", TEXT_TO_TEXT);
  private static final @Nullable MethodHandle IDENTIFIER =
      find("enquoteIdentifier", TEXT_TO_TEXT.appendParameterTypes(boolean.class));
  private static final @Nullable MethodHandle IS_SIMPLE =
      find("isSimpleIdentifier", MethodType.methodType(boolean.class, String.class));

  private Quoting() {}

  static String enquoteLiteral(Connection connection, String value) throws SQLException {
    if (LITERAL == null) {
      return withStatement(connection, s -> s.enquoteLiteral(value));
    }
    try {
      return (String) LITERAL.invokeExact(connection, value);
    } catch (Throwable t) {
      throw rethrown(t);
    }
  }

  static String enquoteNCharLiteral(Connection connection, String value) throws SQLException {
    if (N_CHAR_LITERAL == null) {
      return withStatement(connection, s -> s.enquoteNCharLiteral(value));
    }
    try {
      return (String) N_CHAR_LITERAL.invokeExact(connection, value);
    } catch (Throwable t) {
      throw rethrown(t);
    }
  }

  static String enquoteIdentifier(Connection connection, String identifier, boolean always)
      throws SQLException {
    if (IDENTIFIER == null) {
      return withStatement(connection, s -> s.enquoteIdentifier(identifier, always));
    }
    try {
      return (String) IDENTIFIER.invokeExact(connection, identifier, always);
    } catch (Throwable t) {
      throw rethrown(t);
    }
  }

  static boolean isSimpleIdentifier(Connection connection, String identifier) throws SQLException {
    if (IS_SIMPLE == null) {
      return withStatement(connection, s -> s.isSimpleIdentifier(identifier));
    }
    try {
      return (boolean) IS_SIMPLE.invokeExact(connection, identifier);
    } catch (Throwable t) {
      throw rethrown(t);
    }
  }

  private static @Nullable MethodHandle find(String name, MethodType type) {
    try {
      return MethodHandles.publicLookup().findVirtual(Connection.class, name, type);
    } catch (NoSuchMethodException e) {
      return null; // JDBC 4.4 or less
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static <T> T withStatement(Connection connection, Question<T> question)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return question.ask(statement);
    }
  }

  /** The interface's methods declare nothing else. */
  private static SQLException rethrown(Throwable t) {
    if (t instanceof RuntimeException e) {
      throw e;
    }
    if (t instanceof Error e) {
      throw e;
    }
    return t instanceof SQLException e ? e : new SQLException(t);
  }

  private interface Question<T> {
    T ask(Statement statement) throws SQLException;
  }
}
