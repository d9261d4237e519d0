package dev.tidepool.internal.connect;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  private static final String POSTGRESQL = "PostgreSQL JDBC Driver";
  private static final String MARIADB = "MariaDB Connector/J";
  private static final String MYSQL = "MySQL Connector/J";

  private static final String POSTGRESQLS = "org.postgresql.core.BaseConnection";
  private static final String MARIADBS = "org.mariadb.jdbc.Connection";
  private static final String MYSQLS = "com.mysql.cj.jdbc.JdbcConnection";

  /**
   * Their names, and their types of connections, which a wrapper with a name of its own leads to.
   */
  private static final Map<String, String> DRIVERS =
      Map.of(POSTGRESQL, POSTGRESQLS, MARIADB, MARIADBS, MYSQL, MYSQLS);

  /**
   * Of those, what can be loaded beside a class of connections; to look for what is not there takes
   * long.
   */
  private static final ClassValue<Map<String, Class<?>>> THERE =
      new ClassValue<>() {
        @Override
        protected Map<String, Class<?>> computeValue(Class<?> connection) {
          Map<String, Class<?>> found = new HashMap<>();
          DRIVERS.forEach(
              (name, type) -> {
                try {
                  found.put(name, Class.forName(type, false, connection.getClassLoader()));
                } catch (ClassNotFoundException | LinkageError e) {
                  // As where the driver is another.
                }
              });
          return found;
        }
      };

  private static final Set<String> SERVERS = Set.of("PostgreSQL", "MariaDB", "MySQL");

  /** A bit of the status that MySQL and MariaDB send with each answer. */
  private static final int IN_TRANSACTION = 1;

  /** Another one: this was not all. */
  private static final int MORE_RESULTS = 8;

  private final Connection connection;
  private final Told told;
  private final Class<?> driver;
  private @Nullable Object session;
  private @Nullable Object sessionOfReadOnly;

  private LiveStatus(Connection connection, Told told) throws SQLException {
    this.connection = connection;
    this.told = told;
    Class<?> found = unwrapped(connection, told.type).getClass();
    this.driver = Proxy.isProxyClass(found) ? told.type : found;
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
              && status.autoCommit() == connection.getAutoCommit()
              && !status.isReplaced();
      return usable ? status : null;
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      boolean unused = untold(connection, poolName, e);
      return null;
    }
  }

  /**
   * Whether it is one of the drivers that tell their status, in some version, or takes its place.
   */
  static boolean isExpected(Connection connection) {
    try {
      return SERVERS.contains(String.valueOf(connection.getMetaData().getDatabaseProductName()))
          || DRIVERS.containsKey(driverName(connection));
    } catch (SQLException | RuntimeException | LinkageError e) {
      return false;
    }
  }

  /**
   * Has the server say it, where the driver of a connection just prepared does not know yet. Not
   * without auto-commit, where that is what no transaction looks like.
   */
  static void learn(Connection connection, String poolName) throws SQLException {
    if (connection.getAutoCommit() && isUnknown(connection, poolName)) {
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(0); // see ServerStatus.known
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
    return switch (driverName(connection)) {
      case POSTGRESQL -> postgresql(connection);
      case MARIADB -> mariadb(connection);
      case MYSQL -> mysql(connection);
      default -> null;
    };
  }

  /** Of the driver behind, where it is one of those. */
  private static String driverName(Connection connection) throws SQLException {
    String name = String.valueOf(connection.getMetaData().getDriverName());
    if (!DRIVERS.containsKey(name)) {
      for (Map.Entry<String, Class<?>> driver : THERE.get(connection.getClass()).entrySet()) {
        Class<?> type = driver.getValue();
        if (connection.isWrapperFor(type) && type.isInstance(connection.unwrap(type))) {
          return driver.getKey();
        }
      }
    }
    return name;
  }

  private static LiveStatus postgresql(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, POSTGRESQLS);
    Answer open = Answer.of(type, state -> !state.toString().equals("IDLE"), "getTransactionState");
    return new LiveStatus(
        connection, new Told(type, null, open, null, null, null, null, false, false));
  }

  /**
   * Where it streams, it reads what follows the first result with the next statement only. It has a
   * session for a primary and one for a replica where the URL names both, whatever its mode.
   */
  private static LiveStatus mariadb(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, MARIADBS);
    String[] path = {"getContext", "getServerStatus"};
    Answer open = Answer.of(type, hasBit(IN_TRANSACTION), path);
    Answer left = Answer.of(type, hasBit(MORE_RESULTS), path);
    Getters session = Getters.of(type, "getContext");
    Object client = Getters.of(type, "getClient").from(unwrapped(connection, type));
    boolean several = client.getClass().getSimpleName().equals("MultiPrimaryReplicaClient");
    return new LiveStatus(
        connection, new Told(type, null, open, null, null, left, session, several, false));
  }

  private static Predicate<Object> hasBit(int bit) {
    return bits -> bits instanceof Integer status && (status & bit) != 0;
  }

  /**
   * Its getAutoCommit tells what was set through JDBC last, and its isReadOnly asks the server. It
   * clears what the server said before each exchange, and does not read it from the answers to a
   * login (with useLocalSessionState), a ping, the preparing and closing of statements, and a
   * result set that is streamed. Without auto-commit and a transaction nothing is set either. It
   * keeps step, but with cursors of the server. A server session is made with each login, and
   * unlike the thread's number never equals that of another host. To balance loads it changes
   * sessions between transactions, which is what was asked for.
   */
  private static LiveStatus mysql(Connection connection)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(connection, MYSQLS);
    Object driver = unwrapped(connection, type);
    Predicate<Object> yes = Boolean.TRUE::equals;
    String[] flags = {"getSession", "getServerSession", "getStatusFlags"};
    boolean several = isOfHa("ReplicationConnection", connection, driver);
    boolean balanced = several || isOfHa("LoadBalancedConnection", connection, driver);
    return new LiveStatus(
        connection,
        new Told(
            type,
            Answer.of(type, bits -> !bits.equals(0), flags),
            Answer.of(type, yes, "getSession", "getServerSession", "inTransactionOnServer"),
            Answer.of(type, yes, "getSession", "getServerSession", "isAutocommit"),
            new Answer(
                new Getters(List.of(type.getMethod("isReadOnly", boolean.class)), List.of(false)),
                yes),
            hasProperty(type, driver, "useCursorFetch")
                ? Answer.of(type, hasBit(MORE_RESULTS), flags)
                : null,
            balanced ? null : Getters.of(type, "getSession", "getServerSession"),
            several,
            hasProperty(type, driver, "useLocalTransactionState")));
  }

  private static boolean isOfHa(String name, Connection connection, Object driver)
      throws ClassNotFoundException {
    return type(connection, "com.mysql.cj.jdbc.ha." + name).isInstance(driver);
  }

  private static boolean hasProperty(Class<?> type, Object driver, String name)
      throws ReflectiveOperationException {
    Method getter = type.getMethod("getPropertySet");
    Method byName = getter.getReturnType().getMethod("getBooleanProperty", String.class);
    Object property = byName.invoke(getter.invoke(driver), name);
    return Boolean.TRUE.equals(byName.getReturnType().getMethod("getValue").invoke(property));
  }

  static Class<?> type(Connection connection, String name) throws ClassNotFoundException {
    return Class.forName(name, false, connection.getClass().getClassLoader());
  }

  @Override
  public Class<?> driver() {
    return driver;
  }

  @Override
  public boolean known() throws SQLException {
    return told.known == null || told.known.from(driversOwn());
  }

  @Override
  public boolean mayPassOverEnd() throws SQLException {
    return told.savesEnds && !known();
  }

  @Override
  public boolean inTransaction() throws SQLException {
    return told.transaction.from(driversOwn());
  }

  @Override
  public boolean autoCommit() throws SQLException {
    return told.autoCommit == null
        ? connection.getAutoCommit()
        : told.autoCommit.from(driversOwn());
  }

  @Override
  public boolean readOnly() throws SQLException {
    return told.readOnly == null ? connection.isReadOnly() : told.readOnly.from(driversOwn());
  }

  @Override
  public boolean mayLoseStep() {
    return told.left != null;
  }

  @Override
  public boolean hasLeftResults() throws SQLException {
    return told.left != null && told.left.from(driversOwn());
  }

  @Override
  public boolean isOfSeveralSessions() {
    return told.severalSessions;
  }

  @Override
  public boolean isReplaced() throws SQLException {
    if (told.session == null) {
      return false;
    }
    Object found = told.session.from(driversOwn());
    if (told.severalSessions && readOnly()) {
      sessionOfReadOnly = sessionOfReadOnly == null ? found : sessionOfReadOnly;
      return !found.equals(sessionOfReadOnly);
    }
    session = session == null ? found : session;
    return !found.equals(session);
  }

  /** Each time anew: what wraps a connection can put another behind it. */
  private Object driversOwn() throws SQLException {
    return unwrapped(connection, told.type);
  }

  private static Object unwrapped(Connection connection, Class<?> type) throws SQLException {
    return type.isInstance(connection) ? connection : connection.unwrap(type);
  }

  /**
   * What a driver tells, and where.
   *
   * @param type the driver's own, to which the connection is unwrapped
   * @param known null where the driver always knows
   * @param autoCommit null where the driver's {@code getAutoCommit} tells what the server said
   * @param readOnly null where the driver's {@code isReadOnly} asks nobody
   * @param left whether results have been left unread; null where the driver leaves none, and keeps
   *     step
   * @param session an object of its own for each session; null where the driver does not change
   *     sessions by itself, or is to
   * @param severalSessions whether {@code setReadOnly} chooses one
   * @param savesEnds whether ends of transactions that the driver does not know of are not sent
   */
  private record Told(
      Class<?> type,
      @Nullable Answer known,
      Answer transaction,
      @Nullable Answer autoCommit,
      @Nullable Answer readOnly,
      @Nullable Answer left,
      @Nullable Getters session,
      boolean severalSessions,
      boolean savesEnds) {}

  /** Yes or no, at the end of a path of getters. */
  private record Answer(Getters path, Predicate<Object> yes) {
    static Answer of(Class<?> from, Predicate<Object> yes, String... getters)
        throws NoSuchMethodException {
      return new Answer(Getters.of(from, getters), yes);
    }

    boolean from(Object driver) throws SQLException {
      return yes.test(path.from(driver));
    }
  }

  /**
   * A path of getters.
   *
   * @param arguments of each of them
   */
  private record Getters(List<Method> path, List<Object> arguments) {
    /** Takes the getters from the types as declared: those of the objects may not be public. */
    static Getters of(Class<?> from, String... names) throws NoSuchMethodException {
      List<Method> path = new ArrayList<>();
      Class<?> type = from;
      for (String name : names) {
        Method method = type.getMethod(name);
        path.add(method);
        type = method.getReturnType();
      }
      return new Getters(path, List.of());
    }

    Object from(Object driver) throws SQLException {
      try {
        Object at = driver;
        for (Method getter : path) {
          at = Objects.requireNonNull(getter.invoke(at, arguments.toArray()), getter.getName());
        }
        return at;
      } catch (InvocationTargetException e) {
        throw e.getCause() instanceof SQLException drivers ? drivers : untold(e);
      } catch (ReflectiveOperationException e) {
        throw untold(e);
      }
    }

    private static SQLException untold(ReflectiveOperationException cause) {
      return new SQLException("the driver does not tell its status", cause);
    }
  }
}
