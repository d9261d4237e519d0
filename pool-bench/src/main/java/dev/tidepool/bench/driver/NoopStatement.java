package dev.tidepool.bench.driver;

import java.sql.Connection;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A statement that updates no row. */
final class NoopStatement extends UnsupportedStatement {
  private final NoopConnection connection;
  private final long queryNanos;
  private boolean closed;

  NoopStatement(NoopConnection connection, long queryNanos) {
    this.connection = connection;
    this.queryNanos = queryNanos;
  }

  @Override
  public boolean execute(String sql) {
    Pause.nanos(queryNanos);
    return false;
  }

  @Override
  public int executeUpdate(String sql) {
    Pause.nanos(queryNanos);
    return 0;
  }

  @Override
  public int getUpdateCount() {
    return 0;
  }

  @Override
  public boolean getMoreResults() {
    return false;
  }

  @Override
  public void setQueryTimeout(int seconds) {}

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public void clearWarnings() {}

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }
}
