package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/** The driver's own check of a connection, which drivers older than JDBC 4 do not have. */
final class IsValid {
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
      throw new SQLNonTransientConnectionException(
          "the driver has no isValid(), so that no connection can be checked; set"
              + " connectionTestQuery",
          "0A000",
          e);
    }
  }
}
