package dev.tidepool.internal.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a borrowed connection; closed with it at the latest. */
class BorrowedPreparedStatement extends ForwardingPreparedStatement {
  private final @Nullable String sql;

  BorrowedPreparedStatement(
      BorrowedConnection connection, PreparedStatement delegate, @Nullable String sql) {
    super(connection, delegate);
    this.sql = sql;
  }

  /** It may have been prepared for that. */
  @Override
  final @Nullable ResultSetMetaData wrapResultSetMetaData(@Nullable ResultSetMetaData made) {
    connection.mark(Dirty.MAY_HAVE_FAILED);
    return super.wrapResultSetMetaData(made);
  }

  @Override
  final @Nullable String sql() {
    return sql;
  }
}
