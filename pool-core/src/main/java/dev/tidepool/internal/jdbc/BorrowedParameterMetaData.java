package dev.tidepool.internal.jdbc;

import java.sql.ParameterMetaData;
import java.sql.SQLException;

/** What the parameters of a statement are like; some drivers ask the server for it. */
final class BorrowedParameterMetaData extends ForwardingParameterMetaData {
  BorrowedParameterMetaData(BorrowedConnection connection, ParameterMetaData delegate) {
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
