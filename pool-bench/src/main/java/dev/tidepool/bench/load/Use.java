package dev.tidepool.bench.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What a borrower does with its connection. */
public interface Use {
  /** Uses it; called by many threads at once. */
  void on(Connection connection) throws SQLException;

  /** Executes one statement, which takes as long as the database lets it. */
  static void statement(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("update tide set level = level + 1");
    }
  }
}
