package dev.tidepool.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A real server that tests connect to. */
public interface DatabaseServer {
  /** Its URL, user and password included. */
  String url();

  /** Its URL with more parameters, {@code a=b&c=d}. */
  default String url(String parameters) {
    return url() + (url().indexOf('?') < 0 ? "?" : "&") + parameters;
  }

  /** The URL of a MariaDB for MySQL's driver, with more parameters. */
  default String mysqlUrl(String parameters) {
    return url(parameters).replaceFirst("^jdbc:mariadb:", "jdbc:mysql:");
  }

  /**
   * Runs one statement in a session of its own and returns the first column of the first row, if
   * any.
   */
  default @Nullable String execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return null;
      }
      try (ResultSet row = statement.getResultSet()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
