package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sessions a server has, each by a text that no other session of that server ever had: a
 * process number comes again after a restart, together with the time of its start or the client's
 * port it does not. The text ends in the session's user, as a server may show a user no sessions
 * but that user's own.
 */
final class ServerSessions {
  private static final Logger log = LoggerFactory.getLogger(ServerSessions.class);

  private static final String POSTGRESQL =
      "SELECT pid || ' ' || extract(epoch FROM backend_start) || ' ' || usename"
          + " FROM pg_stat_activity";

  private static final String POSTGRESQL_OWN = POSTGRESQL + " WHERE pid = pg_backend_pid()";

  private static final String MYSQL =
      "SELECT CONCAT(ID, ' ', HOST, ' ', USER) FROM information_schema.PROCESSLIST";

  private static final String MYSQL_OWN = MYSQL + " WHERE ID = CONNECTION_ID()";

  private ServerSessions() {}

  /**
   * The session of this connection; null if the server cannot say. One round trip.
   *
   * @param poolName for the log: a server that will not answer is no error
   */
  static @Nullable String own(Connection connection, String poolName) {
    try {
      Set<String> own = query(connection, POSTGRESQL_OWN, MYSQL_OWN);
      return own.size() == 1 ? own.iterator().next() : null;
    } catch (SQLException | RuntimeException e) {
      log.debug(
          "{}: the server does not tell which session this is", poolName, SafeErrors.clean(e));
      return null;
    }
  }

  /** Every session that the server shows to this user; empty if it shows none. */
  static Set<String> all(Connection connection) throws SQLException {
    return query(connection, POSTGRESQL, MYSQL);
  }

  /** Whether two sessions are of the same user: only then does one see the other for sure. */
  static boolean sameUser(String one, String other) {
    return Objects.equals(userOf(one), userOf(other));
  }

  private static @Nullable String userOf(String session) {
    String[] parts = session.split(" ", 3);
    return parts.length < 3 ? null : parts[2];
  }

  private static Set<String> query(Connection connection, String postgresql, String mysql)
      throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    String query =
        switch (product == null ? "" : product) {
          case "PostgreSQL" -> postgresql;
          case "MySQL", "MariaDB" -> mysql;
          default -> null;
        };
    Set<String> sessions = new HashSet<>();
    if (query == null) {
      return sessions;
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        String session = rows.getString(1);
        if (session != null) {
          sessions.add(session);
        }
      }
    }
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
    return sessions;
  }
}
