package dev.tidepool.internal.jdbc;

import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set of a borrowed connection. Closed with the statement that made it; tracked by itself
 * only if that statement is hidden in the driver (metadata, cursors).
 */
final class BorrowedResultSet extends ForwardingResultSet {
  private @Nullable BorrowedStatement statement;
  private final boolean mayFetch;

  /**
   * Puts it in front of the driver's.
   *
   * @param statement what made it; null if that is a statement of the driver's own
   */
  BorrowedResultSet(
      BorrowedConnection connection, ResultSet delegate, @Nullable BorrowedStatement statement) {
    super(connection, delegate);
    this.statement = statement;
    this.mayFetch = mayFetch();
  }

  @Override
  public void close() throws SQLException {
    if (!connection.isLeased() || !connection.tryClosing()) {
      return;
    }
    try {
      connection.remove(this);
      delegate.close();
      BorrowedStatement maker = statement;
      if (maker != null) {
        maker.resultSetClosed();
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
  void closeDelegate() throws SQLException {
    delegate.close();
  }

  @Override
  public boolean isClosed() throws SQLException {
    try {
      return !connection.isLeased() || delegate.isClosed();
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  /** The statement that made it, always the same object; null where the driver has none. */
  @Override
  public @Nullable Statement getStatement() throws SQLException {
    check();
    try {
      Statement maker = delegate.getStatement();
      if (maker == null) {
        return null;
      }
      BorrowedStatement known = statement;
      if (known == null) {
        known = connection.keep(wrapHidden(maker));
        statement = known;
      }
      return known;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  private BorrowedStatement wrapHidden(Statement maker) {
    if (maker instanceof CallableStatement callable) {
      return new BorrowedCallableStatement(connection, callable, null);
    }
    return maker instanceof PreparedStatement prepared
        ? new BorrowedPreparedStatement(connection, prepared, null)
        : new BorrowedStatement(connection, maker);
  }

  /**
   * Noted where the driver may fetch further rows: pgjdbc's call, if it comes late, fails in the
   * next borrower's transaction. Others read on in an answer of their own.
   */
  @Override
  public boolean next() throws SQLException {
    enter();
    if (mayFetch) {
      calling();
    }
    try {
      return delegate.next();
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      if (mayFetch) {
        called();
      }
    }
  }

  private boolean mayFetch() {
    try {
      return mayReadCursors && delegate.getFetchSize() != 0;
    } catch (SQLException e) {
      return true; // closed already: its user will be told
    }
  }

  @Override
  int columnOf(@Nullable String label) {
    try {
      return delegate.findColumn(label);
    } catch (SQLException | RuntimeException e) {
      return 0;
    }
  }

  @Override
  BorrowedResultSet wrapCursor(ResultSet cursor) throws SQLException {
    return connection.keep(new BorrowedResultSet(connection, cursor, statement));
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
