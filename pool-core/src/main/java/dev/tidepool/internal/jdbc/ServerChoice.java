package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.connect.ServerStatus;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code setReadOnly} where it goes on with the session on another server. What the return asks and
 * undoes is the session that was chosen last; to choose the other one again, with auto-commit on,
 * commits there. So a session must be clean when it is left, and if it is not, or nobody can tell,
 * that costs all of them. Another thread's call meanwhile counts as not clean; see {@link
 * BorrowedSession#tryCalling}.
 */
final class ServerChoice {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  private final BorrowedSession session;
  private final Connection delegate;
  private final ServerStatus status;

  ServerChoice(BorrowedSession session, Connection delegate, ServerStatus status) {
    this.session = session;
    this.delegate = delegate;
    this.status = status;
  }

  /** Has the driver told, within a call that was noted. */
  void make(boolean readOnly) throws SQLException {
    boolean clean = false;
    try {
      clean = status.readOnly() == readOnly || (isAlone() && isClean());
    } catch (SQLException e) {
      LOG.debug(
          "{}: not known what is left behind", session.name(), SafeErrors.clean(session.failed(e)));
    } finally {
      if (!clean) {
        session.mark(Dirty.LEFT_BEHIND);
      }
    }
    boolean done = false;
    try {
      delegate.setReadOnly(readOnly);
      done = !status.isReplaced();
    } finally {
      if (!done) {
        session.mark(Dirty.LEFT_BEHIND);
      }
    }
  }

  /** But for this call. */
  private boolean isAlone() {
    return (session.flags & Dirty.CALLS) == Dirty.CALL;
  }

  /**
   * No transaction, and auto-commit as JDBC has set it: without, by SQL, the next statement begins
   * one. Where the driver does not know, or may have lost step, any answer tells.
   */
  private boolean isClean() throws SQLException {
    if (status.isReplaced()) {
      return false;
    }
    if (hasForgotten() || StepQuestion.isDue(status, delegate, session.flags)) {
      session.clear(Dirty.MAY_HAVE_FAILED); // of the session that is left, and before the question
      StepQuestion.ask(delegate);
      session.touch();
    }
    return !status.inTransaction() && status.autoCommit() != session.has(Dirty.MANUAL);
  }

  /**
   * MySQL's driver knows as much where there is no auto-commit and no transaction. MariaDB's takes
   * a failure for a transaction, until the next answer.
   */
  private boolean hasForgotten() throws SQLException {
    if (status.known()) {
      return session.has(Dirty.MAY_HAVE_FAILED) && status.inTransaction();
    }
    return !session.has(Dirty.MANUAL)
        || session.has(Dirty.EXCHANGED | Dirty.UNSURE | Dirty.MAY_HAVE_FAILED);
  }
}
