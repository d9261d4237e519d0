package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.SearchPath;
import dev.tidepool.internal.connect.ServerTransaction;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Undoes what a borrower left behind; run once by the thread that returns the connection.
 *
 * <p>The order matters. Statements first, as an open one can hold a transaction. Then the rollback,
 * before anything that JDBC lets commit: a change of auto-commit does, and some drivers' close().
 * Then the session's attributes, with auto-commit on: if their reset opened a transaction, the next
 * borrower's rollback would bring the old values back. Auto-commit itself comes last.
 */
final class ConnectionReset {
  private final BorrowedSession session;
  private final Lender lender;
  private final Entry entry;
  private final Connection delegate;
  private final SessionDefaults defaults;
  private int flags;

  ConnectionReset(BorrowedSession session) {
    this.session = session;
    this.lender = session.lender;
    this.entry = session.entry;
    this.delegate = entry.physical().connection();
    this.defaults = entry.physical().defaults();
  }

  /** Undoes everything; returns what went wrong, or null if the connection is as good as new. */
  @Nullable Throwable run() {
    Throwable failure = null;
    try {
      flags = session.flags;
      failure = closeStatements();
      // Even if a statement did not close: the connection is closed next, and that may commit.
      rollBack();
      if (failure == null) {
        resetState();
      }
    } catch (Throwable t) {
      failure = worse(failure, t);
    }
    return failure;
  }

  /** For a connection that is closed next, which commits in some drivers. */
  @Nullable Throwable rollBackOnly() {
    try {
      flags = session.flags;
      rollBack();
      return null;
    } catch (Throwable t) {
      return t;
    }
  }

  private @Nullable Throwable closeStatements() {
    Throwable failure = null;
    for (Tracked open = session.poll(); open != null; open = session.poll()) {
      try {
        open.closeDelegate();
      } catch (Throwable t) {
        failure = worse(failure, t);
      }
    }
    return failure;
  }

  private void rollBack() throws SQLException {
    ServerTransaction server = ServerTransaction.of(delegate);
    if (has(Dirty.UNSURE) || server.followsAutoCommit()) {
      askAutoCommit();
    }
    if (has(Dirty.MANUAL) && has(Dirty.TRANSACTION)) {
      delegate.rollback();
      entry.touch(lender.coarseNanos());
    } else if (server.isOpen(delegate)) {
      rollBackAsStatement();
    }
  }

  /** Begun by a statement under auto-commit: drivers refuse rollback() or leave it out then. */
  private void rollBackAsStatement() throws SQLException {
    try (Statement statement = delegate.createStatement()) {
      statement.execute("ROLLBACK");
    }
    entry.touch(lender.coarseNanos());
  }

  private void askAutoCommit() throws SQLException {
    boolean on = delegate.getAutoCommit();
    if (on == has(Dirty.MANUAL) || has(Dirty.UNSURE)) {
      flags = on ? flags & ~Dirty.MANUAL : flags | Dirty.MANUAL | Dirty.TRANSACTION;
    }
    if (on != defaults.autoCommit()) {
      flags |= Dirty.AUTO_COMMIT;
    }
  }

  private void resetState() throws SQLException {
    if (has(Dirty.SHARDING_KEY)) {
      throw new SQLException("the sharding key cannot be reset: JDBC has no way to read it");
    }
    if (has(Dirty.SESSION_STATE) && has(Dirty.MANUAL)) {
      delegate.setAutoCommit(true);
      // Done with, or to be taken back.
      flags = defaults.autoCommit() ? flags & ~Dirty.AUTO_COMMIT : flags | Dirty.AUTO_COMMIT;
    }
    resetAttributes();
    resetOriginals();
    if (has(Dirty.AUTO_COMMIT)) {
      delegate.setAutoCommit(defaults.autoCommit());
    }
    if (has(Dirty.USED)) {
      delegate.clearWarnings();
    }
    if (has(Dirty.REQUEST) && !RequestBoundaries.end(lender, entry)) {
      throw new SQLException("the session ended with its request");
    }
  }

  private void resetAttributes() throws SQLException {
    if (has(Dirty.READ_ONLY)) {
      delegate.setReadOnly(defaults.readOnly());
    }
    if (has(Dirty.ISOLATION)) {
      delegate.setTransactionIsolation(defaults.transactionIsolation());
    }
    if (has(Dirty.CATALOG)) {
      delegate.setCatalog(defaults.catalog());
    }
    if (has(Dirty.SCHEMA)) {
      resetSchema();
    }
    if (has(Dirty.HOLDABILITY)) {
      delegate.setHoldability(defaults.holdability());
    }
    if (has(Dirty.NETWORK_TIMEOUT)) {
      // On this thread: a driver that hands it to an executor would race the next borrower.
      delegate.setNetworkTimeout(Runnable::run, Math.max(0, defaults.networkTimeoutMillis()));
    }
  }

  private void resetSchema() throws SQLException {
    String path = defaults.searchPath();
    if (path != null) {
      SearchPath.restore(delegate, path);
    } else {
      delegate.setSchema(defaults.schema());
    }
  }

  private void resetOriginals() throws SQLException {
    if (has(Dirty.TYPE_MAP)) {
      Map<String, Class<?>> types;
      synchronized (entry) {
        types = entry.originals().typeMap();
      }
      delegate.setTypeMap(types);
    }
    if (has(Dirty.CLIENT_INFO)) {
      Map<String, @Nullable String> changed;
      synchronized (entry) {
        changed = entry.originals().changedClientInfo();
      }
      for (Map.Entry<String, @Nullable String> info : changed.entrySet()) {
        delegate.setClientInfo(info.getKey(), info.getValue());
      }
      synchronized (entry) {
        entry.originals().clientInfoRestored();
      }
    }
  }

  private boolean has(int bits) {
    return (flags & bits) != 0;
  }

  /** An error of the virtual machine must come through; else the first failure says most. */
  @SuppressWarnings("ReferenceEquality") // nothing may suppress itself
  private static Throwable worse(@Nullable Throwable first, Throwable next) {
    if (first == null || first == next) {
      return next;
    }
    boolean nextIsWorse = next instanceof Error && !(first instanceof Error);
    Throwable result = nextIsWorse ? next : first;
    result.addSuppressed(nextIsWorse ? first : next);
    return result;
  }
}
