package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.PostgresSession;
import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.inventory.Entry;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a borrower left behind; run once by the thread that returns the connection. One for
 * each entry, used by one thread at a time: a return that had to make it could find no memory, and
 * to be optimised away by the compiler is no help. Where HotSpot leaves compiled code and cannot
 * make such an object after all, it drops the frames that use it, finally blocks and all, and
 * nobody would give the connection back.
 *
 * <p>The order matters. Statements first, as an open one can hold a transaction. Then the rollback,
 * before anything that JDBC lets commit: a change of auto-commit does, and some drivers' close().
 * Then the session's attributes, with auto-commit on: if their reset opened a transaction, the next
 * borrower's rollback would bring the old values back. Auto-commit itself comes last.
 */
final class ConnectionReset {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  private final Lender lender;
  private final Entry entry;
  private final Connection delegate;
  private final SessionDefaults defaults;
  private final @Nullable ServerStatus status;
  private int flags;

  ConnectionReset(Lender lender, Entry entry) {
    this.lender = lender;
    this.entry = entry;
    this.delegate = entry.physical().connection();
    this.defaults = entry.physical().defaults();
    this.status = entry.physical().status();
  }

  /** Undoes everything; returns what went wrong, or null if the connection is as good as new. */
  @Nullable Throwable run(BorrowedSession session) {
    return (session.flags & Dirty.UNWRAPPED) == 0 ? undo(session) : interruptibly(session, true);
  }

  /** For a connection that is closed next, which commits in some drivers. */
  @Nullable Throwable rollBackOnly(BorrowedSession session) {
    return (session.flags & Dirty.UNWRAPPED) == 0
        ? undoTransaction(session)
        : interruptibly(session, false);
  }

  /** Where the driver may wait for the end of a COPY, and not for its socket. */
  private @Nullable Throwable interruptibly(BorrowedSession session, boolean everything) {
    entry.enterDriver((session.flags & Dirty.COPY) != 0);
    try {
      return everything ? undo(session) : undoTransaction(session);
    } finally {
      entry.leaveDriver();
    }
  }

  private @Nullable Throwable undo(BorrowedSession session) {
    Throwable failure = null;
    try {
      flags = session.flags;
      refuseUnlessAlone();
      refuseIfLost();
      failure = closeStatements(session);
      if (failure == null) {
        requireStep();
        compareReadOnly();
      }
      // Even if a statement did not close: the connection is closed next, and that may commit.
      rollBack();
      if (failure == null) {
        resetState(session);
      }
    } catch (Throwable t) {
      failure = worse(failure, handedOn(t));
    }
    return failure;
  }

  /**
   * A call that another thread has not ended could undo the reset, or reach the next borrower; or
   * it waits for the driver, begins a transaction behind the rollback, and has it committed when
   * auto-commit is set again. Nor need the driver be waited for, which may be in a long statement.
   */
  private void refuseUnlessAlone() throws SQLException {
    if (has(Dirty.CALLS)) {
      throw new SQLException("another thread is still in a call of this connection");
    }
  }

  /** What was begun may be on a session that cannot be reached from here. */
  private void refuseIfLost() throws SQLException {
    if (has(Dirty.LEFT_BEHIND)) { // see ServerChoice
      throw new SQLException(
          "setReadOnly may have left a transaction behind on another server, or too many threads"
              + " were in calls of this connection at once");
    }
    refuseIfReplaced();
  }

  private void refuseIfReplaced() throws SQLException {
    if (has(Dirty.USED) && status != null && status.isReplaced()) {
      throw new SQLException("the driver has gone on with another session by itself");
    }
  }

  private @Nullable Throwable undoTransaction(BorrowedSession session) {
    try {
      flags = session.flags;
      refuseUnlessAlone();
      rollBack();
      return null;
    } catch (Throwable t) {
      return handedOn(t);
    }
  }

  private @Nullable Throwable closeStatements(BorrowedSession session) {
    Throwable failure = null;
    for (Tracked open = session.poll(); open != null; open = session.poll()) {
      try {
        open.closeDelegate();
      } catch (Throwable t) {
        failure = worse(failure, handedOn(t));
      }
    }
    return failure;
  }

  /** Who catches an interrupt hands it on; code in other languages, and proxies, throw it, too. */
  private static Throwable handedOn(Throwable caught) {
    Throwable thrown = caught;
    if (caught.getClass() == UndeclaredThrowableException.class) { // others' getters may throw
      thrown = caught.getCause();
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return caught;
  }

  private void requireStep() throws SQLException {
    if (status != null && StepQuestion.isDue(status, delegate, flags)) {
      StepQuestion.ask(delegate);
      entry.touch(lender.coarseNanos());
    }
  }

  private void rollBack() throws SQLException {
    if (!has(Dirty.USED)) {
      return;
    }
    askManual();
    if (!has(Dirty.MANUAL)) {
      rollBackWhatSqlBegan();
    } else if (has(Dirty.TRANSACTION) || (status != null && status.inTransaction())) {
      rollBackManual();
    }
    // Only now: H2 turns it on at the end of what SQL began, and MySQL's driver may know what the
    // server has since its answer to the rollback only.
    boolean on = delegate.getAutoCommit();
    refuseIfChangedOnOneOfTwo(on);
    if (on != defaults.autoCommit() || (status != null && on != status.autoCommit())) {
      flags |= Dirty.AUTO_COMMIT;
    } else if (status != null) { // else who set it back cannot be told from SQL
      flags &= ~Dirty.AUTO_COMMIT;
    }
  }

  /** By SQL: what is set again is set on the session that is chosen then. */
  private void refuseIfChangedOnOneOfTwo(boolean on) throws SQLException {
    if (has(Dirty.READ_ONLY)
        && status != null
        && status.isOfSeveralSessions()
        && status.autoCommit() != on) {
      throw new SQLException("SQL has changed auto-commit on one of two servers");
    }
  }

  /** SQL can turn auto-commit off and on, too; the answer is at hand in all drivers. */
  private void askManual() throws SQLException {
    if (delegate.getAutoCommit()) {
      flags &= ~Dirty.MANUAL;
    } else if (!has(Dirty.MANUAL) || has(Dirty.UNSURE)) {
      flags |= Dirty.MANUAL | Dirty.TRANSACTION;
    }
  }

  private void rollBackManual() throws SQLException {
    if (status != null && status.mayPassOverEnd()) {
      // To turn auto-commit on again would commit what was done.
      execute("ROLLBACK");
      return;
    }
    delegate.rollback();
    if (has(Dirty.EXCHANGED)) { // else the driver has most likely answered by itself
      entry.touch(lender.coarseNanos());
    }
  }

  /**
   * By SQL as well: under auto-commit drivers refuse rollback(), or do nothing. Also where the
   * driver does not know, as after a ping: there may be something.
   */
  private void rollBackWhatSqlBegan() throws SQLException {
    if (status == null) {
      return;
    }
    boolean open = status.inTransaction();
    if (open || !status.known()) {
      execute("ROLLBACK");
    }
    if (open) {
      LOG.debug(
          "{}: rolled back what SQL had begun on connection #{} and not ended",
          lender.poolName(),
          entry.id());
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = delegate.createStatement()) {
      if (status != null) {
        statement.setFetchSize(0); // see ServerStatus.known
      }
      statement.execute(sql);
    }
    entry.touch(lender.coarseNanos());
  }

  private void resetState(BorrowedSession session) throws SQLException {
    if (has(Dirty.SHARDING_KEY)) {
      throw new SQLException("the sharding key cannot be reset: JDBC has no way to read it");
    }
    if (has(Dirty.UNWRAPPED)) {
      flags |= UnseenChanges.atHand(delegate, defaults);
    }
    ResetSql sql = has(Dirty.USED) ? lender.resetSql() : null;
    if ((sql != null || has(Dirty.SESSION_STATE)) && has(Dirty.MANUAL)) {
      delegate.setAutoCommit(true);
      // Done with, or to be taken back.
      flags = defaults.autoCommit() ? flags & ~Dirty.AUTO_COMMIT : flags | Dirty.AUTO_COMMIT;
    }
    if (sql != null) { // before the attributes, as it may change some
      resetBySql(sql);
    }
    if (has(Dirty.DRIVERS_OWN)) {
      flags |= UnseenChanges.onServer(session, delegate, defaults);
    }
    resetAttributes();
    OriginalsReset.run(entry, flags);
    if (has(Dirty.AUTO_COMMIT)) {
      resetAutoCommit();
    }
    if (has(Dirty.USED)) {
      delegate.clearWarnings();
    }
    refuseIfReplaced(); // by a statement of the reset
    if (has(Dirty.REQUEST) && !RequestBoundaries.end(lender, entry)) {
      throw new SQLException("the session ended with its request");
    }
  }

  /** A driver that believes it is so already may send nothing: MySQL's (useLocalSessionState). */
  private void resetAutoCommit() throws SQLException {
    delegate.setAutoCommit(defaults.autoCommit());
    if (status != null && status.autoCommit() != defaults.autoCommit()) {
      throw new SQLException(
          "SQL has changed auto-commit, and the driver sends nothing to change it back");
    }
  }

  private void resetBySql(ResetSql sql) throws SQLException {
    try {
      execute(sql.sql());
      if (has(Dirty.READ_ONLY) && status != null && status.isOfSeveralSessions()) {
        delegate.setReadOnly(!status.readOnly());
        execute(sql.sql());
      }
    } catch (SQLException | RuntimeException e) {
      lender.resetSqlFailed(entry, sql.sql(), e);
      throw e;
    }
    flags |= sql.attributes();
    if ((sql.attributes() & Dirty.READ_ONLY) != 0) {
      delegate.setReadOnly(false); // else a driver that thinks it still is would send nothing
    }
  }

  /** Before the rollback: H2 asks its server, which begins a transaction. */
  private void compareReadOnly() throws SQLException {
    if (!has(Dirty.UNWRAPPED)) {
      return;
    }
    boolean readOnly = status == null ? delegate.isReadOnly() : status.readOnly();
    if (readOnly != defaults.readOnly()) {
      if (status != null && status.isOfSeveralSessions() && !has(Dirty.READ_ONLY)) {
        throw new SQLException("another server was chosen unseen, on the driver's own connection");
      }
      flags |= Dirty.READ_ONLY;
    }
  }

  private void resetAttributes() throws SQLException {
    if (has(Dirty.READ_ONLY)) {
      resetReadOnly();
    }
    if (has(Dirty.ISOLATION)) {
      delegate.setTransactionIsolation(known("isolation", defaults.transactionIsolation()));
    }
    if (has(Dirty.CATALOG)) {
      resetCatalog();
    }
    if (has(Dirty.SCHEMA)) {
      resetSchema();
    }
    if (has(Dirty.HOLDABILITY)) {
      delegate.setHoldability(known("holdability", defaults.holdability()));
    }
    if (has(Dirty.NETWORK_TIMEOUT)) {
      // On this thread: a driver that hands it to an executor would race the next borrower.
      delegate.setNetworkTimeout(Runnable::run, Math.max(0, defaults.networkTimeoutMillis()));
    }
  }

  /**
   * MariaDB's driver sends nothing where it takes the session for what it is to be; and so it does
   * after a change that was done, and answered by the failure of a stream before it.
   */
  private void resetReadOnly() throws SQLException {
    if (status != null
        && status.mayLoseStep()
        && !status.isOfSeveralSessions()
        && StepQuestion.mayHaveFailedBesideStream(delegate, flags)) {
      delegate.setReadOnly(!defaults.readOnly());
    }
    delegate.setReadOnly(defaults.readOnly());
    PostgresSession postgres = defaults.postgres();
    if (postgres != null && postgres.onlyReads() && !defaults.readOnly()) {
      postgres.restoreOnlyReads(delegate); // readOnlyMode=always has set it to the driver's default
    }
  }

  private static int known(String what, int original) throws SQLException {
    if (original == SessionDefaults.UNKNOWN) {
      throw new SQLException("the driver did not say its " + what + ", and it was changed");
    }
    return original;
  }

  /** Some drivers pass over null without a word. */
  private void resetCatalog() throws SQLException {
    delegate.setCatalog(defaults.catalog());
    if (defaults.catalog() == null && delegate.getCatalog() != null) {
      throw new SQLException("there was no catalog, and the driver cannot go back to none");
    }
  }

  private void resetSchema() throws SQLException {
    PostgresSession postgres = defaults.postgres();
    if (postgres != null) {
      postgres.restoreSearchPath(delegate);
    } else {
      delegate.setSchema(defaults.schema());
    }
  }

  private boolean has(int bits) {
    return (flags & bits) != 0;
  }

  /**
   * An error of the virtual machine must come through; else the first failure says most. Here, and
   * not in a class that would be loaded with the first failure, which may be the want of memory.
   */
  @SuppressWarnings("ReferenceEquality") // nothing may suppress itself
  private static Throwable worse(@Nullable Throwable first, Throwable next) {
    if (first == null || first == next) {
      return next;
    }
    boolean nextIsWorse = next instanceof Error && !(first instanceof Error);
    Throwable result = nextIsWorse ? next : first;
    try {
      result.addSuppressed(nextIsWorse ? first : next);
    } catch (OutOfMemoryError e) {
      return result instanceof Error ? result : e; // thrown from here, nobody would give it back
    }
    return result;
  }
}
