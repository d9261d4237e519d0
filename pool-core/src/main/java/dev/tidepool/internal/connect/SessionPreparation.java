package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a new connection into the state the configuration asks for.
 *
 * <p>Everything is asked and set under autoCommit, so that no question opens a transaction and what
 * the init SQL did is committed; autoCommit is turned off last.
 */
final class SessionPreparation {
  private static final Logger log = LoggerFactory.getLogger(SessionPreparation.class);

  /** The connect has a bound of its own; zero would be none for the driver. */
  private static final int IS_VALID_SECONDS = 5;

  private static final int TRIED_MILLIS = 5_000;

  private final String poolName;
  private final ConnectSettings.Session session;
  private final RoleCheck role;
  private final QueryTrial queries;
  private final RequestTrial requests;

  /** Whether a connection has been asked, and the driver could answer. */
  private final AtomicBoolean canAskIsValid = new AtomicBoolean();

  private final AtomicBoolean timeoutReported = new AtomicBoolean();

  private final AtomicBoolean namesCompared = new AtomicBoolean();

  /** Whether a connection has taken a network timeout, so that others need not be tried. */
  private final AtomicBoolean takesTimeouts = new AtomicBoolean();

  SessionPreparation(String poolName, ConnectSettings.Session session) {
    this.poolName = poolName;
    this.session = session;
    this.role = new RoleCheck(poolName, session);
    this.queries = new QueryTrial(poolName, session);
    this.requests = new RequestTrial(poolName);
  }

  /**
   * Prepares the connection, all but {@link #finish}, and reports the state that every borrower is
   * to find.
   *
   * @param readTimeoutLent whether reads still have a timeout that was for the login
   */
  SessionDefaults prepare(Connection connection, boolean readTimeoutLent) throws SQLException {
    setAutoCommit(connection, true);
    requests.tryOut(connection); // before all that it may undo
    setNetworkTimeout(connection, readTimeoutLent);
    role.require(connection);
    requireIsValid(connection);
    setIsolation(connection);
    setNames(connection);
    boolean readOnly = session.readOnly();
    if (connection.isReadOnly() != readOnly) {
      apply("readOnly", readOnly, () -> connection.setReadOnly(readOnly));
    }
    runInitSql(connection);
    compareNames(connection); // which the init SQL may have made, or changed
    SessionDefaults defaults = report(connection);
    queries.require(connection, defaults); // which may need what the init SQL has made
    return defaults;
  }

  /** Ends what {@link #prepare} began, once nothing more is to be asked. */
  void finish(Connection connection) throws SQLException {
    setAutoCommit(connection, session.autoCommit());
    LiveStatus.learn(connection, poolName);
    connection.clearWarnings();
  }

  /** Whether a prepared connection is to be told where requests begin and end. */
  boolean tellsRequests(Connection connection) {
    return requests.tells(connection);
  }

  private void apply(String property, Object value, WrongSetting.Step step) throws SQLException {
    WrongSetting.apply(poolName, property, value, step);
  }

  static void setAutoCommit(Connection connection, boolean wanted) throws SQLException {
    if (connection.getAutoCommit() != wanted) {
      connection.setAutoCommit(wanted);
    }
  }

  /**
   * Found out by the first connection, as otherwise each check would end one. A no is no reason to
   * refuse the connection: whoever has just logged in is alive.
   */
  private void requireIsValid(Connection connection) throws SQLException {
    boolean needed = session.testQuery() == null && !role.needed();
    if (needed && !canAskIsValid.get()) {
      IsValid.require(poolName, connection, IS_VALID_SECONDS);
      canAskIsValid.set(true);
    }
  }

  private void setNetworkTimeout(Connection connection, boolean lent) throws SQLException {
    if (session.networkTimeout().isZero()) {
      if (lent) {
        connection.setNetworkTimeout(Runnable::run, 0);
      }
      return;
    }
    int millis = Durations.millis(session.networkTimeout());
    try {
      if (connection.getNetworkTimeout() != millis) {
        connection.setNetworkTimeout(Runnable::run, millis);
        takesTimeouts.set(true);
      }
    } catch (SQLException | AbstractMethodError | UnsupportedOperationException e) {
      if (!Unsupported.is(e)) {
        throw e;
      }
      throw new SQLNonTransientConnectionException(
          poolName
              + ": networkTimeout="
              + session.networkTimeout()
              + " is not supported by the driver; remove it, or use a timeout property of the"
              + " driver",
          "0A000",
          e);
    }
  }

  private void setIsolation(Connection connection) throws SQLException {
    Integer wanted = session.transactionIsolation();
    if (wanted != null && connection.getTransactionIsolation() != wanted) {
      apply("transactionIsolation", wanted, () -> connection.setTransactionIsolation(wanted));
    }
  }

  private void setNames(Connection connection) throws SQLException {
    String catalog = session.catalog();
    if (catalog != null && !catalog.equals(ask("catalog", connection::getCatalog))) {
      apply("catalog", catalog, () -> connection.setCatalog(catalog));
    }
    String schema = session.schema();
    if (schema != null && !schema.equals(ask("schema", connection::getSchema))) {
      apply("schema", schema, () -> connection.setSchema(schema));
    }
  }

  /**
   * Some take a name without a word and do nothing: MariaDB any schema, PostgreSQL any catalog, and
   * a schema that does not exist. That may be made later, so no connection is refused for it.
   */
  private void compareNames(Connection connection) throws SQLException {
    if (namesCompared.compareAndSet(false, true)) {
      compare("catalog", session.catalog(), connection::getCatalog);
      compare("schema", session.schema(), connection::getSchema);
    }
  }

  private void compare(String property, @Nullable String wanted, Getter<String> getter)
      throws SQLException {
    if (wanted == null || plain(wanted).startsWith("$")) { // PostgreSQL's $user stands for another
      return;
    }
    String found = ask(property, getter, wanted);
    if (found == null || !plain(found).equalsIgnoreCase(plain(wanted))) {
      log.warn(
          "{}: {}={} has no effect: there is none of this name, or the driver cannot choose one;"
              + " {} is in force. Correct it, or remove it",
          poolName,
          property,
          wanted,
          found == null ? "none" : found);
    }
  }

  /** Without quotes, in which a driver may want it, and not answer it. */
  private static String plain(String name) {
    return name.replaceAll("[\"`\\[\\]]", "");
  }

  private void runInitSql(Connection connection) throws SQLException {
    String initSql = session.connectionInitSql();
    if (initSql == null) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      apply("connectionInitSql", initSql, () -> statement.execute(initSql));
    }
    if (!connection.getAutoCommit()) { // which it may have turned off
      connection.commit();
      connection.setAutoCommit(true);
    } else if (LiveStatus.needsCommit(connection, poolName)) {
      throw new SQLNonTransientConnectionException(
          poolName
              + ": connectionInitSql leaves a transaction open, or auto-commit off, so that all that"
              + " the borrower writes would be lost without an error; have it end what it begins, and"
              + " set autoCommit=false for the other",
          "25001");
    }
  }

  private SessionDefaults report(Connection connection) throws SQLException {
    PostgresSession postgres = PostgresSession.read(connection, poolName);
    Integer isolation = postgres == null ? null : postgres.isolation();
    return new SessionDefaults(
        session.autoCommit(),
        connection.isReadOnly(),
        isolation != null
            ? isolation
            : known(ask("transaction isolation", connection::getTransactionIsolation)),
        postgres != null ? postgres.catalog() : ask("catalog", connection::getCatalog),
        postgres != null ? postgres.schema() : ask("schema", connection::getSchema),
        known(ask("holdability", connection::getHoldability)),
        networkTimeout(connection),
        postgres);
  }

  private static int known(@Nullable Integer value) {
    return value == null ? SessionDefaults.UNKNOWN : value;
  }

  private int networkTimeout(Connection connection) throws SQLException {
    Integer millis = ask("network timeout", () -> settableTimeout(connection));
    if (millis == null && timeoutReported.compareAndSet(false, true)) {
      log.info(
          "{}: the driver has no network timeout; a check that hangs is given up without it",
          poolName);
    }
    return known(millis);
  }

  /**
   * Some drivers say that they have none and refuse every other (HSQLDB, jt400): each check would
   * take that for the end of its connection. So one is set for a moment, on the first connection.
   */
  private int settableTimeout(Connection connection) throws SQLException {
    int millis = connection.getNetworkTimeout();
    if (!takesTimeouts.get()) {
      connection.setNetworkTimeout(Runnable::run, TRIED_MILLIS);
      connection.setNetworkTimeout(Runnable::run, millis);
      takesTimeouts.set(true);
    }
    return millis;
  }

  /** A getter of the driver. */
  private interface Getter<T> {
    @Nullable T get() throws SQLException;
  }

  /** The driver's answer, or null if it has none to give. */
  private <T> @Nullable T ask(String what, Getter<T> getter) throws SQLException {
    return ask(what, getter, null);
  }

  private <T> @Nullable T ask(String what, Getter<T> getter, @Nullable T otherwise)
      throws SQLException {
    try {
      return getter.get();
    } catch (SQLException | AbstractMethodError | UnsupportedOperationException e) {
      if (!Unsupported.is(e)) {
        throw e;
      }
      log.debug("{}: the driver does not say its {}", poolName, what, SafeErrors.clean(e));
      return otherwise;
    }
  }
}
