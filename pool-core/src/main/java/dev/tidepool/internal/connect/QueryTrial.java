package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tries the queries of checks and pings on new connections until one of them has answered: a wrong
 * query is no dead connection, but looks like one, and would end each that is asked.
 */
final class QueryTrial {
  /** The connect has a bound of its own; zero would be none for the driver. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final String FAILS =
      "fails on a new connection, so that each one it is asked of would be replaced";

  private final String poolName;
  private final ConnectSettings.Session session;
  private final AtomicBoolean answered = new AtomicBoolean();

  QueryTrial(String poolName, ConnectSettings.Session session) {
    this.poolName = poolName;
    this.session = session;
  }

  /**
   * Nothing once a connection has answered: what fails later is news of that connection.
   *
   * @throws SQLException that names the property if the database refuses its query; the driver's
   *     own if the connection is dead, or there was no answer in time
   */
  void require(Connection connection, SessionDefaults defaults) throws SQLException {
    if (!answered.get()) {
      require(connection, defaults, "connectionTestQuery", session.testQuery());
      require(connection, defaults, "keepaliveQuery", session.keepaliveQuery());
      answered.set(true);
    }
  }

  private void require(
      Connection connection, SessionDefaults defaults, String property, @Nullable String query)
      throws SQLException {
    if (query == null) {
      return;
    }
    try {
      Checks.tryOut(connection, defaults, LIMIT, query);
    } catch (SQLException e) {
      throw WrongSetting.named(poolName, property, query, FAILS, e);
    }
  }
}
