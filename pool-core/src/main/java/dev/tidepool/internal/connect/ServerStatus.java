package dev.tidepool.internal.connect;

import java.sql.SQLException;

/**
 * What the server said with its last answer of the transaction it is in: SQL can begin one, and turn
 * auto-commit off and on, and JDBC cannot tell. Read from what the driver keeps; no question reaches
 * the server. For who owns the connection.
 */
public interface ServerStatus {
  /** Whether a transaction is open, a failed one too. */
  boolean inTransaction() throws SQLException;

  /** Whether the session is under auto-commit, whatever the driver believes. */
  boolean autoCommit() throws SQLException;
}
