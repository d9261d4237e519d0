package dev.tidepool.internal.connect;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Another one: this was not all. */
  private static final int MORE_RESULTS = 8;

  private final Connection connection;
  private final Class<?> type;
  private final boolean severalSessions;
  private final @Nullable Answer known;
  private final Answer transaction;
  private final @Nullable Answer autoCommit;
  private final @Nullable Answer readOnly;
  private final @Nullable Answer left;

  /**
   * Reads the status of one connection.
   *
   * @param type the driver's own, to which the connection is unwrapped
   * @param known null where the driver always knows
   * @param autoCommit null where the driver's {@code getAutoCommit} tells what the server said
   * @param readOnly null where the driver's {@code isReadOnly} asks nobody
   * @param left whether results have been left unread; null where the driver leaves none, and keeps
   *     step
   */
  private LiveStatus(
      Connection connection,
      Class<?> type,
      @Nullable Answer known,
      Answer transaction,
      @Nullable Answer autoCommit,
      @Nullable Answer readOnly,
      @Nullable Answer left)
      throws SQLException {
    this.severalSessions = isOfSeveralSessions(connection);
    this.connection = connection;
    this.type = type;
    this.known = known;
    this.transaction = transaction;
    this.autoCommit = autoCommit;
    this.readOnly = readOnly;
    this.left = left;
  }

  /**
   * The status of a connection that was just prepared; null if the driver is another, or looks
   * different inside.
   *
   * @param readOnly whether it is
   * @param poolName for the log: a driver that does not tell is no error
   */
  static @Nullable ServerStatus of(Connection connection, boolean readOnly, String poolName) {
    try {
      ServerStatus status = find(connection);
      // Asked once, as a status that cannot be read, or is wrong, would spoil each return.
      boolean usable =
          status != null
              && !status.inTransaction()
              && status.autoCommit() == connection.getAutoCommit()
              && status.readOnly() == readOnly;
      return usable ? status : null;
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      boolean unused = untold(connection, poolName, e);
      return null;
    }
  }

  /**
   * Has the server say it, where the driver of a connection just prepared does not know yet. Not
   * without auto-commit, where that is what no transaction looks like.
   */
  static void learn(Connection connection, String poolName) throws SQLException {
    if (connection.getAutoCommit() && isUnknown(connection, poolName)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ROLLBACK");
      }
    }
  }

  private static boolean isUnknown(Connection connection, String poolName) {
    try {
      ServerStatus status = find(connection);
      return status != null && !status.known();
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      return untold(connection, poolName, e);
    }
  }

  /** Whether a transaction is open, or will be with the next statement; as far as drivers tell. */
  static boolean needsCommit(Connection connection, String poolName) {
    try {
      ServerStatus status = find(connection);
      return status != null && (status.inTransaction() || !status.autoCommit());
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      return untold(connection, poolName, e);
    }
  }

  private static boolean untold(Connection connection, String poolName, Throwable e) {
    log.debug(
        "{}: {} does not tell its status", poolName, connection.getClass(), SafeErrors.clean(e));
    return false;
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

  private static LiveStatus postgresql(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, "org.postgresql.core.BaseConnection");
    Answer open = Answer.of(type, state -> !state.toString().equals("IDLE"), "getTransactionState");
    return new LiveStatus(connection, type, null, open, null, null, null);
  }

  /** Where it streams, it reads what follows the first result with the next statement only. */
  private static LiveStatus mariadb(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, "org.mariadb.jdbc.Connection");
    String[] path = {"getContext", "getServerStatus"};
    Answer open = Answer.of(type, hasBit(IN_TRANSACTION), path);
    Answer left = Answer.of(type, hasBit(MORE_RESULTS), path);
    return new LiveStatus(connection, type, null, open, null, null, left);
  }

  private static Predicate<Object> hasBit(int bit) {
    return bits -> bits instanceof Integer status && (status & bit) != 0;
  }

  /**
   * Its getAutoCommit tells what was set through JDBC last, and its isReadOnly asks the server. It
   * clears what the server said before each exchange, and does not read it from the answers to a
   * login (with useLocalSessionState), a ping, the preparing and closing of statements, and a
   * result set that is streamed. Without auto-commit and a transaction nothing is set either.
   */
  private static LiveStatus mysql(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, "com.mysql.cj.jdbc.JdbcConnection");
    Predicate<Object> yes = Boolean.TRUE::equals;
    String[] flags = {"getSession", "getServerSession", "getStatusFlags"};
    return new LiveStatus(
        connection,
        type,
        Answer.of(type, bits -> !bits.equals(0), flags),
        Answer.of(type, yes, "getSession", "getServerSession", "inTransactionOnServer"),
        Answer.of(type, yes, "getSession", "getServerSession", "isAutocommit"),
        new Answer(List.of(type.getMethod("isReadOnly", boolean.class)), yes, List.of(false)),
        Answer.of(type, hasBit(MORE_RESULTS), flags));
  }

  /** MySQL's driver shows a URL of its own making then. */
  private static boolean isOfSeveralSessions(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    return (url != null && url.contains(":replication:"))
        || Arrays.stream(connection.getClass().getInterfaces())
            .anyMatch(type -> type.getName().equals("com.mysql.cj.jdbc.ha.ReplicationConnection"));
  }

  private static Class<?> type(Connection connection, String name) throws ClassNotFoundException {
    return Class.forName(name, false, connection.getClass().getClassLoader());
  }

  @Override
  public boolean known() throws SQLException {
    return known == null || known.from(driver());
  }

  @Override
  public boolean inTransaction() throws SQLException {
    return transaction.from(driver());
  }

  @Override
  public boolean autoCommit() throws SQLException {
    return autoCommit == null ? connection.getAutoCommit() : autoCommit.from(driver());
  }

  @Override
  public boolean readOnly() throws SQLException {
    return readOnly == null ? connection.isReadOnly() : readOnly.from(driver());
  }

  @Override
  public boolean mayLoseStep() {
    return left != null;
  }

  @Override
  public boolean hasLeftResults() throws SQLException {
    return left != null && left.from(driver());
  }

  @Override
  public boolean isOfSeveralSessions() {
    return severalSessions;
  }

  /** Each time anew: what wraps a connection can put another behind it. */
  private Object driver() throws SQLException {
    return type.isInstance(connection) ? connection : connection.unwrap(type);
  }

  /**
   * Yes or no, at the end of a path of getters.
   *
   * @param arguments of each of them
   */
  private record Answer(List<Method> path, Predicate<Object> yes, List<Object> arguments) {
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
      return new Answer(path, yes, List.of());
    }

    boolean from(Object driver) throws SQLException {
      try {
        Object at = driver;
        for (Method getter : path) {
          at = Objects.requireNonNull(getter.invoke(at, arguments.toArray()), getter.getName());
        }
        return yes.test(at);
      } catch (ReflectiveOperationException e) {
        throw new SQLException("the driver does not tell its status", e);
      }
    }
  }
}
