package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a driver wants to be told where requests begin and end, and can be: HSQLDB
 * answers the end of one by making the session as it was at its login, and the next borrower would
 * meet that, and not what the pool has set.
 */
final class RequestTrial {
  private static final Logger log = LoggerFactory.getLogger(RequestTrial.class);

  private final String poolName;
  private volatile boolean tried;
  private volatile boolean resets;

  RequestTrial(String poolName) {
    this.poolName = poolName;
  }

  /**
   * Begins a request and ends it, until a connection has shown what that does: auto-commit that was
   * turned off before it, and is on after it, was reset with the whole session. For a new
   * connection in auto-commit, as which it comes out, and before anything else is set on it.
   */
  void tryOut(Connection connection) throws SQLException {
    if (tried || !hasBoundaries(connection)) {
      return;
    }
    try {
      connection.setAutoCommit(false);
      connection.beginRequest();
      connection.endRequest();
      resets = connection.getAutoCommit();
      tried = true;
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      // No reason to refuse the connection: a failed hint concerns nobody. The next one may tell.
      log.debug("{}: a request could not be tried out", poolName, SafeErrors.clean(e));
    }
    SessionPreparation.setAutoCommit(connection, true);
  }

  /** Whether this connection is to be told. */
  boolean tells(Connection connection) {
    return !resets && hasBoundaries(connection);
  }

  /** Whether the driver overrides the interface's empty methods. */
  private static boolean hasBoundaries(Connection connection) {
    try {
      return connection.getClass().getMethod("beginRequest").getDeclaringClass()
          != Connection.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError("java.sql.Connection has declared beginRequest since Java 9", e);
    }
  }
}
