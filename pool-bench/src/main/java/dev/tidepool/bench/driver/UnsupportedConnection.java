package dev.tidepool.bench.driver;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Refuses every call, so that the no-op connection only has to write what pools really use. */
abstract class UnsupportedConnection implements Connection {
  @Override
  public void abort(Executor executor) throws SQLException {
    throw unsupported("abort");
  }

  @Override
  public void clearWarnings() throws SQLException {
    throw unsupported("clearWarnings");
  }

  @Override
  public void close() throws SQLException {
    throw unsupported("close");
  }

  @Override
  public void commit() throws SQLException {
    throw unsupported("commit");
  }

  @Override
  public Array createArrayOf(String text, Object[] values) throws SQLException {
    throw unsupported("createArrayOf");
  }

  @Override
  public Blob createBlob() throws SQLException {
    throw unsupported("createBlob");
  }

  @Override
  public Clob createClob() throws SQLException {
    throw unsupported("createClob");
  }

  @Override
  public NClob createNClob() throws SQLException {
    throw unsupported("createNClob");
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    throw unsupported("createSQLXML");
  }

  @Override
  public Statement createStatement() throws SQLException {
    throw unsupported("createStatement");
  }

  @Override
  public Statement createStatement(int number, int number2, int number3) throws SQLException {
    throw unsupported("createStatement");
  }

  @Override
  public Statement createStatement(int number, int number2) throws SQLException {
    throw unsupported("createStatement");
  }

  @Override
  public Struct createStruct(String text, Object[] values) throws SQLException {
    throw unsupported("createStruct");
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    throw unsupported("getAutoCommit");
  }

  @Override
  public @Nullable String getCatalog() throws SQLException {
    throw unsupported("getCatalog");
  }

  @Override
  public String getClientInfo(String text) throws SQLException {
    throw unsupported("getClientInfo");
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    throw unsupported("getClientInfo");
  }

  @Override
  public int getHoldability() throws SQLException {
    throw unsupported("getHoldability");
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    throw unsupported("getMetaData");
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    throw unsupported("getNetworkTimeout");
  }

  @Override
  public @Nullable String getSchema() throws SQLException {
    throw unsupported("getSchema");
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    throw unsupported("getTransactionIsolation");
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    throw unsupported("getTypeMap");
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    throw unsupported("getWarnings");
  }

  @Override
  public boolean isClosed() throws SQLException {
    throw unsupported("isClosed");
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    throw unsupported("isReadOnly");
  }

  @Override
  public boolean isValid(int number) throws SQLException {
    throw unsupported("isValid");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    throw unsupported("isWrapperFor");
  }

  @Override
  public String nativeSQL(String text) throws SQLException {
    throw unsupported("nativeSQL");
  }

  @Override
  public CallableStatement prepareCall(String text, int number, int number2, int number3)
      throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public CallableStatement prepareCall(String text, int number, int number2) throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public CallableStatement prepareCall(String text) throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public PreparedStatement prepareStatement(String text, String[] values) throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public PreparedStatement prepareStatement(String text, int number, int number2, int number3)
      throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public PreparedStatement prepareStatement(String text, int number, int number2)
      throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public PreparedStatement prepareStatement(String text, int number) throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public PreparedStatement prepareStatement(String text, int[] values) throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public PreparedStatement prepareStatement(String text) throws SQLException {
    throw unsupported("prepareStatement");
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    throw unsupported("releaseSavepoint");
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    throw unsupported("rollback");
  }

  @Override
  public void rollback() throws SQLException {
    throw unsupported("rollback");
  }

  @Override
  public void setAutoCommit(boolean on) throws SQLException {
    throw unsupported("setAutoCommit");
  }

  @Override
  public void setCatalog(String text) throws SQLException {
    throw unsupported("setCatalog");
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    throw new SQLClientInfoException("setClientInfo: the no-op driver has no such thing", Map.of());
  }

  @Override
  public void setClientInfo(String text, String text2) throws SQLClientInfoException {
    throw new SQLClientInfoException("setClientInfo: the no-op driver has no such thing", Map.of());
  }

  @Override
  public void setHoldability(int number) throws SQLException {
    throw unsupported("setHoldability");
  }

  @Override
  public void setNetworkTimeout(Executor executor, int number) throws SQLException {
    throw unsupported("setNetworkTimeout");
  }

  @Override
  public void setReadOnly(boolean on) throws SQLException {
    throw unsupported("setReadOnly");
  }

  @Override
  public Savepoint setSavepoint(String text) throws SQLException {
    throw unsupported("setSavepoint");
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    throw unsupported("setSavepoint");
  }

  @Override
  public void setSchema(String text) throws SQLException {
    throw unsupported("setSchema");
  }

  @Override
  public void setTransactionIsolation(int number) throws SQLException {
    throw unsupported("setTransactionIsolation");
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    throw unsupported("setTypeMap");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw unsupported("unwrap");
  }

  private static SQLException unsupported(String method) {
    return new SQLFeatureNotSupportedException(method + ": the no-op driver has no such thing");
  }
}
