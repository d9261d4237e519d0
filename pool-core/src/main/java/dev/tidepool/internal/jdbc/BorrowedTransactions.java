package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Transactions of a borrowed connection, how they end, and what chooses their server: calls after
 * which the return has more to undo, or less.
 */
abstract class BorrowedTransactions extends BorrowedAttributes {
  BorrowedTransactions(Lender lender, Entry entry, long lease, Connection delegate) {
    super(lender, entry, lease, delegate);
  }

  @Override
  public void commit() throws SQLException {
    endTransaction(true);
  }

  @Override
  public void rollback() throws SQLException {
    endTransaction(false);
  }

  private void endTransaction(boolean commit) throws SQLException {
    check();
    mark(Dirty.USED);
    calling();
    // Where nothing was said, drivers do without the server, and succeed on a dead connection.
    boolean spoken = has(Dirty.EXCHANGED);
    boolean done = false;
    try {
      boolean forgotten = hasForgotten();
      noteAutoCommitBySql(); // another thread may have the driver forget before it is asked below
      // Before the call: a statement that another thread starts after it sets the bits again.
      clear(Dirty.TRANSACTION | Dirty.EXCHANGED);
      if (commit) {
        delegate.commit();
      } else {
        delegate.rollback();
      }
      done = true;
      noteAutoCommitBySql();
      if (forgotten) {
        mark(Dirty.TRANSACTION | Dirty.EXCHANGED);
      } else if (spoken) {
        touch();
      }
    } catch (SQLException e) {
      throw isRefusedUnderAutoCommit(e) ? e : failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      if (!done) {
        markUsed();
      }
      called();
    }
  }

  /**
   * The driver may pass over the call. After a failure, a ping or a stream there may be a
   * transaction that it does not know of.
   */
  private boolean hasForgotten() throws SQLException {
    ServerStatus status = entry.physical().status();
    return has(Dirty.MANUAL)
        && has(Dirty.EXCHANGED | Dirty.MAY_HAVE_FAILED)
        && status != null
        && status.mayPassOverEnd();
  }

  /**
   * SQL may have turned auto-commit on, which MySQL's driver tells from the last answer, and no
   * more once a prepared statement was closed. The return has the server say it again.
   */
  private void noteAutoCommitBySql() {
    ServerStatus status = entry.physical().status();
    try {
      if (status != null && has(Dirty.MANUAL) && status.autoCommit()) {
        mark(Dirty.UNSURE);
      }
    } catch (SQLException | RuntimeException e) {
      mark(Dirty.UNSURE); // only this: the transaction has ended as was wanted
    }
  }

  /**
   * MySQL's driver refuses this by itself, as if the connection were gone. Its connections to
   * several hosts, which are of another class, go to the next host then: that is judged as ever.
   */
  private boolean isRefusedUnderAutoCommit(SQLException error) throws SQLException {
    return !has(Dirty.MANUAL)
        && CONNECTION_DOES_NOT_EXIST.equals(error.getSQLState())
        && entry.physical().isDriver("com.mysql.cj.jdbc.ConnectionImpl")
        && !delegate.isClosed();
  }

  @Override
  public void setAutoCommit(boolean on) throws SQLException {
    check();
    int before = mark(Dirty.USED | Dirty.AUTO_COMMIT);
    calling();
    boolean done = false;
    try {
      delegate.setAutoCommit(on);
      done = true;
      if (on) {
        clear(Dirty.MANUAL | Dirty.TRANSACTION | Dirty.EXCHANGED);
      } else {
        // What SQL began under auto-commit goes on.
        mark((before & Dirty.USED) == 0 ? Dirty.MANUAL : Dirty.MANUAL | Dirty.TRANSACTION);
      }
    } catch (SQLException e) {
      throw notChanged(Dirty.AUTO_COMMIT, before, e);
    } catch (Throwable e) {
      brokenSetter(Dirty.AUTO_COMMIT, before, e);
      throw e;
    } finally {
      if (!done) {
        mark(Dirty.UNSURE);
      }
      called();
    }
  }

  @Override
  public void setReadOnly(boolean on) throws SQLException {
    check();
    ServerStatus status = entry.physical().status();
    if (status == null || !status.isOfSeveralSessions()) {
      super.setReadOnly(on);
      return;
    }
    int unused = changing(Dirty.READ_ONLY);
    try {
      new ServerChoice(this, delegate, status).make(on);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      called();
    }
  }

  /** Where it was set back, which frameworks do, nothing is left to undo. */
  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (level != entry.physical().defaults().transactionIsolation()) {
      super.setTransactionIsolation(level);
      return;
    }
    enter();
    calling();
    // Before the call: another thread's that begins after it sets the bit again.
    boolean cleared = clearIfAlone(Dirty.ISOLATION);
    boolean done = false;
    try {
      delegate.setTransactionIsolation(level);
      done = true;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      if (cleared && !done) {
        // Both bits: another thread's setter may have begun meanwhile, and is refused only now.
        mark(Dirty.ISOLATION | Dirty.SET_BESIDE);
      }
      called();
    }
  }
}
