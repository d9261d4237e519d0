package dev.tidepool.examples.lab;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What one use of one connection gave.
 *
 * @param pid process that serves the connection, 0 if the use failed
 * @param failure the exception, or null if it worked
 */
record Answer(int pid, @Nullable SQLException failure) {
  /**
   * Asks a connection who serves it; any statement would do, but this one tells survivors from
   * replacements.
   */
  static Answer of(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
      result.next();
      return new Answer(result.getInt(1), null);
    } catch (SQLException e) {
      return new Answer(0, e);
    }
  }

  boolean worked() {
    return failure == null;
  }

  /** SQLSTATE of the failure, or "-" if there is none. */
  String sqlState() {
    return failure == null ? "-" : String.valueOf(failure.getSQLState());
  }
}
