package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.ServerStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a borrowed connection; closed with it at the latest. */
class BorrowedStatement extends ForwardingStatement {
  private static final String MYSQL = "com.mysql.";

  private @Nullable BorrowedResultSet latest;

  BorrowedStatement(BorrowedConnection connection, Statement delegate) {
    super(connection, delegate);
  }

  @Override
  public final void close() throws SQLException {
    // After the lease the returning thread closes it, and only that.
    if (!connection.isLeased() || !connection.tryClosing()) {
      return;
    }
    try {
      if (connection.remove(this)) {
        delegate.close();
      }
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      connection.closed();
    }
  }

  @Override
  final void closeDelegate() throws SQLException {
    delegate.close();
  }

  /**
   * Most drivers refuse it, each in its own words. But SQLite's begins anew, and leaves a cursor
   * open that nobody closes; and what MySQL's has in its cache goes to the next borrower with what
   * is set and added now. Both still answer this as if it were open.
   */
  @Override
  final void closedSlow() throws SQLException {
    try {
      int unused = delegate.getMaxRows();
    } catch (SQLException e) {
      return; // as it will the call
    } catch (Error e) {
      broken(e);
      throw e;
    }
    check(); // rather than by its user, it may have been closed by the return
    throw new SQLException(connection.name() + ": this statement is closed", "HY010");
  }

  @Override
  public final boolean isClosed() throws SQLException {
    try {
      return !connection.isLeased() || delegate.isClosed();
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    enterOpen();
    try {
      keepOutOfCaches();
      delegate.closeOnCompletion();
      // Of the connection: a field here would cost each statement 8 bytes.
      connection.mark(Dirty.CLOSES_ON_COMPLETION);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  @Override
  public final void setQueryTimeout(int seconds) throws SQLException {
    checkOpen();
    // With H2 it waits for the session, and is the session's.
    calling();
    try {
      boolean noted = connection.changingQueryTimeout(delegate);
      keepOutOfCaches();
      delegate.setQueryTimeout(seconds);
      if (noted) {
        connection.changedQueryTimeout(seconds);
      }
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      called();
    }
  }

  @Override
  public final void setFetchSize(int rows) throws SQLException {
    checkOpen();
    try {
      keepOutOfCaches();
      connection.mark(Dirty.STREAMED);
      delegate.setFetchSize(rows);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  /** A hint only; what was kept out of the driver's cache stays out. */
  @Override
  public final void setPoolable(boolean poolable) throws SQLException {
    checkOpen();
    try {
      if (!poolable || !isCachedAsItIs()) {
        delegate.setPoolable(poolable);
      }
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  @Override
  final void keepOutOfCaches() throws SQLException {
    if (isCachedAsItIs()) {
      delegate.setPoolable(false);
    }
  }

  /**
   * MySQL's driver keeps a prepared statement of the server's when it is closed, with its limits
   * and all, for whoever prepares the same SQL next (cachePrepStmts). Other drivers keep no such
   * thing, and PostgreSQL's would prepare anew each time if it were told not to keep a statement.
   */
  private boolean isCachedAsItIs() {
    return delegate instanceof PreparedStatement && connection.entry().physical().isDriver(MYSQL);
  }

  /**
   * With a cursor (useCursorFetch) that driver prepares what a plain statement executes, gives that
   * its limits, and keeps it as well; nothing but its rows leads to it. Those of a second result
   * lead to one that is closed.
   */
  private void keepInnerOutOfCaches(ResultSet made) throws SQLException {
    PhysicalConnection physical = connection.entry().physical();
    ServerStatus status = physical.status();
    if (status != null
        && status.mayLoseStep()
        && physical.isDriver(MYSQL)
        && !(delegate instanceof PreparedStatement)
        && (delegate.getQueryTimeout() != 0 || delegate.getMaxRows() != 0)) {
      Statement inner = made.getStatement();
      if (inner != null && !inner.isClosed() && inner.isWrapperFor(PreparedStatement.class)) {
        inner.setPoolable(false);
      }
    }
  }

  /** A result set was closed; the driver may have closed this statement with it. */
  final void resultSetClosed() throws SQLException {
    if (connection.has(Dirty.CLOSES_ON_COMPLETION) && delegate.isClosed()) {
      connection.remove(this);
    }
  }

  /** The borrowed connection; the driver is asked as it refuses, or has none, after close. */
  @Override
  public final @Nullable Connection getConnection() throws SQLException {
    check();
    try {
      return delegate.getConnection() == null ? null : connection;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  @Override
  final @Nullable ResultSet wrapResultSet(@Nullable ResultSet made) throws SQLException {
    if (made == null) {
      return null;
    }
    BorrowedResultSet wrapped = wrapped(made);
    latest = wrapped;
    return wrapped;
  }

  /** Not in place of a result, which may be asked for again. */
  @Override
  final @Nullable ResultSet wrapKeys(@Nullable ResultSet made) throws SQLException {
    return made == null || latest == null ? wrapResultSet(made) : wrapped(made);
  }

  @SuppressWarnings("ReferenceEquality") // the very object, whatever the driver's equals says
  private BorrowedResultSet wrapped(ResultSet made) throws SQLException {
    BorrowedResultSet known = latest;
    if (known != null && known.delegate == made) {
      return known;
    }
    keepInnerOutOfCaches(made);
    BorrowedResultSet first = new BorrowedResultSet(connection, made, this);
    // Closed with this statement; so its close() finds out without a lock.
    first.loosen();
    return first;
  }

  @Override
  final BorrowedResultSet wrapCursor(ResultSet cursor) throws SQLException {
    return connection.keep(new BorrowedResultSet(connection, cursor, this));
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    return connection.unwrap(this, delegate, type);
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) throws SQLException {
    return connection.isWrapperFor(this, delegate, type);
  }

  @Override
  public final String toString() {
    return describe(delegate);
  }
}
