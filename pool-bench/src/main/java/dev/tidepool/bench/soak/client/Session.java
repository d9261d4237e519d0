package dev.tidepool.bench.soak.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * What a borrower finds.
 *
 * @param id names the server's session for ever
 * @param state of what a borrower can change
 */
record Session(String id, String state) {
  /** Asks the server and the driver; leaves nothing behind. */
  static Session of(Connection connection, Sql sql) throws SQLException {
    String state =
        "warnings "
            + (connection.getWarnings() != null)
            + ", auto-commit "
            + connection.getAutoCommit()
            + ", read-only "
            + connection.isReadOnly()
            + ", holdability "
            + connection.getHoldability()
            + ", network timeout "
            + connection.getNetworkTimeout()
            + ", catalog "
            + connection.getCatalog()
            + ", client info "
            + connection.getClientInfo("ApplicationName")
            + ", types "
            + (connection.getTypeMap() == null ? 0 : connection.getTypeMap().size());
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.look())) {
      if (!rows.next()) {
        throw new IllegalStateException("no row from " + sql.look());
      }
      return new Session(
          Objects.requireNonNull(rows.getString(1)), state + ", server " + rows.getString(2));
    }
  }
}
