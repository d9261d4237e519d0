package dev.tidepool.internal.jdbc;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/** What a result set is like; some drivers ask the server for it. */
final class BorrowedResultSetMetaData extends ForwardingResultSetMetaData {
  BorrowedResultSetMetaData(BorrowedConnection connection, ResultSetMetaData delegate) {
    super(connection, delegate);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return connection.unwrap(this, delegate, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return connection.isWrapperFor(this, delegate, type);
  }

  @Override
  public String toString() {
    return describe(delegate);
  }
}
