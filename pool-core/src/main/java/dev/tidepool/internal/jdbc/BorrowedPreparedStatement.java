package dev.tidepool.internal.jdbc;

import java.sql.PreparedStatement;

/** A prepared statement of a borrowed connection; closed with it at the latest. */
class BorrowedPreparedStatement extends ForwardingPreparedStatement {
  BorrowedPreparedStatement(BorrowedConnection connection, PreparedStatement delegate) {
    super(connection, delegate);
  }
}
