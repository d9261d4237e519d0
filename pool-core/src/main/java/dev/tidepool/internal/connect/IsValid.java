package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's own check of a connection, which drivers older than JDBC 4 do not have. */
final class IsValid {
  private static final Logger log = LoggerFactory.getLogger(IsValid.class);

  private IsValid() {}

  /**
   * What the driver says.
   *
   * @throws SQLException if it has no such check, with what to do about it, or says why not
   */
  static boolean ask(Connection connection, int seconds) throws SQLException {
    try {
      return connection.isValid(seconds);
    } catch (SQLException | AbstractMethodError | UnsupportedOperationException e) {
      if (!Unsupported.is(e)) {
        throw e;
      }
      throw lacking(e);
    }
  }

  /**
   * Whether the driver has such a check. One that says no of a session that has just logged in is
   * told of: it will say so again and again, each time at the price of a connection.
   *
   * @throws SQLException if not, with what to do about it
   */
  static void require(String poolName, Connection connection, int seconds) throws SQLException {
    try {
      if (!connection.isValid(seconds)) {
        log.warn(
            "{}: the driver's isValid() says that a session is dead which has just logged in. If it"
                + " says so of every living one, each check costs a connection: set"
                + " connectionTestQuery",
            poolName);
      }
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      if (Unsupported.is(e)) {
        throw lacking(e);
      }
      log.debug("{}: isValid() failed on a new connection", poolName, SafeErrors.clean(e));
    }
  }

  private static SQLException lacking(Throwable e) {
    return new SQLNonTransientConnectionException(
        "the driver has no isValid(), so that no connection can be checked; set"
            + " connectionTestQuery",
        "0A000",
        e);
  }
}
