package dev.tidepool.internal.connect;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link ServerStatus} of an open connection, where the pool can reach it. The drivers' classes
 * are reached by reflection, so that the pool does not depend on them.
 */
final class LiveStatus implements ServerStatus {
  private static final Logger log = LoggerFactory.getLogger(LiveStatus.class);

  /** A bit of the status that MySQL and MariaDB send with each answer. */
  private static final int IN_TRANSACTION = 1;

  private final Connection connection;
  private final Class<?> type;
  private final Answer transaction;
  private final @Nullable Answer autoCommit;

  /**
   * Reads the status of one connection.
   *
   * @param type the driver's own, to which the connection is unwrapped
   * @param autoCommit null where the driver's {@code getAutoCommit} tells what the server said
   */
  private LiveStatus(
      Connection connection, Class<?> type, Answer transaction, @Nullable Answer autoCommit) {
    this.connection = connection;
    this.type = type;
    this.transaction = transaction;
    this.autoCommit = autoCommit;
  }

  /**
   * The status of a connection that was just prepared; null if the driver is another, or looks
   * different inside.
   *
   * @param poolName for the log: a driver that does not tell is no error
   */
  static @Nullable ServerStatus of(Connection connection, String poolName) {
    try {
      ServerStatus status = find(connection);
      // Asked once, as a status that cannot be read, or is wrong, would spoil each return.
      boolean usable =
          status != null
              && !status.inTransaction()
              && status.autoCommit() == connection.getAutoCommit();
      return usable ? status : null;
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      log.debug("{}: {} does not tell its transaction", poolName, connection.getClass(), e);
      return null;
    }
  }

  private static @Nullable ServerStatus find(Connection connection)
      throws ReflectiveOperationException, SQLException {
    String driver = connection.getMetaData().getDriverName();
    return switch (driver == null ? "" : driver) {
      case "PostgreSQL JDBC Driver" -> postgresql(connection);
      case "MariaDB Connector/J" -> mariadb(connection);
      case "MySQL Connector/J" -> mysql(connection);
      default -> null;
    };
  }

  private static LiveStatus postgresql(Connection connection) throws ReflectiveOperationException {
    Class<?> type = type(connection, "org.postgresql.core.BaseConnection");
    Answer open =
        Answer.of(type, state -> !state.toString().equals("IDLE"), "getTransactionState");
    return new LiveStatus(connection, type, open, null);
  }

  private static LiveStatus mariadb(Connection connection) throws ReflectiveOperationException {
    Class<?> type = type(connection, "org.mariadb.jdbc.Connection");
    Answer open =
        Answer.of(
            type,
            bits -> bits instanceof Integer status && (status & IN_TRANSACTION) != 0,
            "getContext",
            "getServerStatus");
    return new LiveStatus(connection, type, open, null);
  }

  /** Its getAutoCommit tells what was set through JDBC last. */
  private static LiveStatus mysql(Connection connection) throws ReflectiveOperationException {
    Class<?> type = type(connection, "com.mysql.cj.jdbc.JdbcConnection");
    return new LiveStatus(
        connection,
        type,
        Answer.of(
            type, Boolean.TRUE::equals, "getSession", "getServerSession", "inTransactionOnServer"),
        Answer.of(type, Boolean.TRUE::equals, "getSession", "getServerSession", "isAutocommit"));
  }

  private static Class<?> type(Connection connection, String name) throws ClassNotFoundException {
    return Class.forName(name, false, connection.getClass().getClassLoader());
  }

  @Override
  public boolean inTransaction() throws SQLException {
    return transaction.from(driver());
  }

  @Override
  public boolean autoCommit() throws SQLException {
    return autoCommit == null ? connection.getAutoCommit() : autoCommit.from(driver());
  }

  /** Each time anew: what wraps a connection can put another behind it. */
  private Object driver() throws SQLException {
    return type.isInstance(connection) ? connection : connection.unwrap(type);
  }

  /** Yes or no, at the end of a path of getters. */
  private record Answer(List<Method> path, Predicate<Object> yes) {
    /** Takes the getters from the types as declared: those of the objects may not be public. */
    static Answer of(Class<?> from, Predicate<Object> yes, String... getters)
        throws NoSuchMethodException {
      List<Method> path = new ArrayList<>();
      Class<?> type = from;
      for (String getter : getters) {
        Method method = type.getMethod(getter);
        path.add(method);
        type = method.getReturnType();
      }
      return new Answer(path, yes);
    }

    boolean from(Object driver) throws SQLException {
      try {
        Object at = driver;
        for (Method getter : path) {
          at = Objects.requireNonNull(getter.invoke(at), getter.getName());
        }
        return yes.test(at);
      } catch (ReflectiveOperationException e) {
        throw new SQLException("the driver does not tell whether a transaction is open", e);
      }
    }
  }
}
