package dev.tidepool.bench.driver;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Refuses every call, so that the no-op statement only has to write what pools really use. */
abstract class UnsupportedStatement implements Statement {
  @Override
  public void addBatch(String text) throws SQLException {
    throw unsupported("addBatch");
  }

  @Override
  public void cancel() throws SQLException {
    throw unsupported("cancel");
  }

  @Override
  public void clearBatch() throws SQLException {
    throw unsupported("clearBatch");
  }

  @Override
  public void clearWarnings() throws SQLException {
    throw unsupported("clearWarnings");
  }

  @Override
  public void closeOnCompletion() throws SQLException {
    throw unsupported("closeOnCompletion");
  }

  @Override
  public void close() throws SQLException {
    throw unsupported("close");
  }

  @Override
  public int[] executeBatch() throws SQLException {
    throw unsupported("executeBatch");
  }

  @Override
  public ResultSet executeQuery(String text) throws SQLException {
    throw unsupported("executeQuery");
  }

  @Override
  public int executeUpdate(String text, String[] values) throws SQLException {
    throw unsupported("executeUpdate");
  }

  @Override
  public int executeUpdate(String text, int number) throws SQLException {
    throw unsupported("executeUpdate");
  }

  @Override
  public int executeUpdate(String text, int[] values) throws SQLException {
    throw unsupported("executeUpdate");
  }

  @Override
  public int executeUpdate(String text) throws SQLException {
    throw unsupported("executeUpdate");
  }

  @Override
  public boolean execute(String text, String[] values) throws SQLException {
    throw unsupported("execute");
  }

  @Override
  public boolean execute(String text, int number) throws SQLException {
    throw unsupported("execute");
  }

  @Override
  public boolean execute(String text, int[] values) throws SQLException {
    throw unsupported("execute");
  }

  @Override
  public boolean execute(String text) throws SQLException {
    throw unsupported("execute");
  }

  @Override
  public Connection getConnection() throws SQLException {
    throw unsupported("getConnection");
  }

  @Override
  public int getFetchDirection() throws SQLException {
    throw unsupported("getFetchDirection");
  }

  @Override
  public int getFetchSize() throws SQLException {
    throw unsupported("getFetchSize");
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    throw unsupported("getGeneratedKeys");
  }

  @Override
  public int getMaxFieldSize() throws SQLException {
    throw unsupported("getMaxFieldSize");
  }

  @Override
  public int getMaxRows() throws SQLException {
    throw unsupported("getMaxRows");
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    throw unsupported("getMoreResults");
  }

  @Override
  public boolean getMoreResults(int number) throws SQLException {
    throw unsupported("getMoreResults");
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    throw unsupported("getQueryTimeout");
  }

  @Override
  public int getResultSetConcurrency() throws SQLException {
    throw unsupported("getResultSetConcurrency");
  }

  @Override
  public int getResultSetHoldability() throws SQLException {
    throw unsupported("getResultSetHoldability");
  }

  @Override
  public int getResultSetType() throws SQLException {
    throw unsupported("getResultSetType");
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    throw unsupported("getResultSet");
  }

  @Override
  public int getUpdateCount() throws SQLException {
    throw unsupported("getUpdateCount");
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    throw unsupported("getWarnings");
  }

  @Override
  public boolean isCloseOnCompletion() throws SQLException {
    throw unsupported("isCloseOnCompletion");
  }

  @Override
  public boolean isClosed() throws SQLException {
    throw unsupported("isClosed");
  }

  @Override
  public boolean isPoolable() throws SQLException {
    throw unsupported("isPoolable");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    throw unsupported("isWrapperFor");
  }

  @Override
  public void setCursorName(String text) throws SQLException {
    throw unsupported("setCursorName");
  }

  @Override
  public void setEscapeProcessing(boolean on) throws SQLException {
    throw unsupported("setEscapeProcessing");
  }

  @Override
  public void setFetchDirection(int number) throws SQLException {
    throw unsupported("setFetchDirection");
  }

  @Override
  public void setFetchSize(int number) throws SQLException {
    throw unsupported("setFetchSize");
  }

  @Override
  public void setMaxFieldSize(int number) throws SQLException {
    throw unsupported("setMaxFieldSize");
  }

  @Override
  public void setMaxRows(int number) throws SQLException {
    throw unsupported("setMaxRows");
  }

  @Override
  public void setPoolable(boolean on) throws SQLException {
    throw unsupported("setPoolable");
  }

  @Override
  public void setQueryTimeout(int number) throws SQLException {
    throw unsupported("setQueryTimeout");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw unsupported("unwrap");
  }

  private static SQLException unsupported(String method) {
    return new SQLFeatureNotSupportedException(method + ": the no-op driver has no such thing");
  }
}
