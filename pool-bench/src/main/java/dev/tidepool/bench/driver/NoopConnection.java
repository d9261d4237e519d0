package dev.tidepool.bench.driver;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A session with its attributes in fields, and nobody at the other end. */
final class NoopConnection extends UnsupportedConnection {
  private final long queryNanos;
  private final long validationNanos;
  private boolean autoCommit = true;
  private boolean readOnly;
  private int isolation = Connection.TRANSACTION_READ_COMMITTED;
  private int networkTimeout;
  private int holdability = ResultSet.CLOSE_CURSORS_AT_COMMIT;
  private @Nullable String catalog;
  private @Nullable String schema;
  private volatile boolean closed;

  NoopConnection(long queryNanos, long validationNanos) {
    this.queryNanos = queryNanos;
    this.validationNanos = validationNanos;
  }

  @Override
  public Statement createStatement() {
    return new NoopStatement(this, queryNanos);
  }

  @Override
  public boolean isValid(int timeout) {
    Pause.nanos(validationNanos);
    return !closed;
  }

  @Override
  public void commit() {}

  @Override
  public void rollback() {}

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public void clearWarnings() {}

  @Override
  public void close() {
    end();
  }

  @Override
  public void abort(Executor executor) {
    end();
  }

  private synchronized void end() {
    if (!closed) {
      closed = true;
      NoopTraffic.closed();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  // ---- attributes

  @Override
  public boolean getAutoCommit() {
    return autoCommit;
  }

  @Override
  public void setAutoCommit(boolean on) {
    autoCommit = on;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public void setReadOnly(boolean on) {
    readOnly = on;
  }

  @Override
  public int getTransactionIsolation() {
    return isolation;
  }

  @Override
  public void setTransactionIsolation(int level) {
    isolation = level;
  }

  @Override
  public int getNetworkTimeout() {
    return networkTimeout;
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) {
    networkTimeout = milliseconds;
  }

  @Override
  public @Nullable String getCatalog() {
    return catalog;
  }

  @Override
  public void setCatalog(@Nullable String name) {
    catalog = name;
  }

  @Override
  public @Nullable String getSchema() {
    return schema;
  }

  @Override
  public void setSchema(@Nullable String name) {
    schema = name;
  }

  @Override
  public int getHoldability() {
    return holdability;
  }

  @Override
  public void setHoldability(int value) {
    holdability = value;
  }

  // ---- what is behind it

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("the no-op connection is no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
