package dev.tidepool.internal.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** The metadata of a borrowed connection. */
final class BorrowedMetaData extends ForwardingDatabaseMetaData {
  BorrowedMetaData(BorrowedConnection connection, DatabaseMetaData delegate) {
    super(connection, delegate);
  }

  @Override
  public Connection getConnection() throws SQLException {
    check();
    return connection;
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
