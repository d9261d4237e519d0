package dev.tidepool.bench.load;

import java.sql.Connection;
import java.sql.SQLException;

/** What a borrower does with its connection. */
public interface Use {
  /** Uses it; called by many threads at once. */
  void on(Connection connection) throws SQLException;
}
