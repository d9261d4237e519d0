package dev.tidepool.internal.jdbc;

import java.sql.PreparedStatement;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a borrowed connection; closed with it at the latest. */
class BorrowedPreparedStatement extends ForwardingPreparedStatement {
  private final @Nullable String sql;

  BorrowedPreparedStatement(
      BorrowedConnection connection, PreparedStatement delegate, @Nullable String sql) {
    super(connection, delegate);
    this.sql = sql;
  }

  @Override
  final @Nullable String sql() {
    return sql;
  }
}
