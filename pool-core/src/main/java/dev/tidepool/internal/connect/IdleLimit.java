package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a server how long it lets a session be idle before it ends it. */
final class IdleLimit {
  private static final Logger log = LoggerFactory.getLogger(IdleLimit.class);

  /** In milliseconds; no row before PostgreSQL 14. */
  private static final String POSTGRESQL =
      "SELECT setting FROM pg_settings WHERE name = 'idle_session_timeout'";

  /** In seconds. */
  private static final String MYSQL = "SELECT @@session.wait_timeout";

  private IdleLimit() {}

  /**
   * The limit of this session; null if there is none, or the server cannot say. One round trip,
   * under autoCommit: a question that fails must not leave a transaction behind.
   *
   * @param attempt told how long the answer took
   * @param poolName for the log: a server that will not answer is no error
   */
  static @Nullable Duration ask(Connection connection, ConnectAttempt attempt, String poolName) {
    try {
      String product = connection.getMetaData().getDatabaseProductName();
      Duration limit =
          switch (product == null ? "" : product) {
            case "PostgreSQL" -> Duration.ofMillis(number(connection, attempt, POSTGRESQL));
            case "MySQL", "MariaDB" -> Duration.ofSeconds(number(connection, attempt, MYSQL));
            default -> Duration.ZERO;
          };
      return limit.isZero() ? null : limit;
    } catch (SQLException | RuntimeException e) {
      log.debug("{}: the server does not tell its idle limit", poolName, SafeErrors.clean(e));
      return null;
    }
  }

  private static long number(Connection connection, ConnectAttempt attempt, String query)
      throws SQLException {
    long asked = attempt.now();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      attempt.answeredSince(asked);
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
