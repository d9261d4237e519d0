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
 * that costs all of them.
 */
final class ServerChoice {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  private final BorrowedSession session;
  private final Connection delegate;
  private final ServerStatus status;
  private boolean spoken;

  ServerChoice(BorrowedSession session, Connection delegate, ServerStatus status) {
    this.session = session;
    this.delegate = delegate;
    this.status = status;
  }

  /** Before the driver is told; it may be asked, and the server. */
  void leave(boolean readOnly) throws SQLException {
    boolean alone = !session.has(Dirty.CALLS);
    session.enter();
    session.calling();
    try {
      if (status.readOnly() != readOnly && !(alone && isClean())) {
        session.mark(Dirty.LEFT_BEHIND);
      }
      spoken = session.has(Dirty.EXCHANGED);
    } catch (SQLException e) {
      session.mark(Dirty.LEFT_BEHIND);
      LOG.debug(
          "{}: not known what is left behind", session.name(), SafeErrors.clean(session.failed(e)));
    } catch (Throwable e) {
      session.broken(e);
      throw e;
    } finally {
      session.called();
    }
  }

  /**
   * No transaction, and auto-commit as JDBC has set it: without, by SQL, the next statement begins
   * one. Where MySQL's driver has forgotten, or a driver may have lost step, any answer tells.
   */
  private boolean isClean() throws SQLException {
    if (hasForgotten() || StepQuestion.isDue(status, delegate, session.flags)) {
      session.clear(Dirty.MAY_HAVE_FAILED); // of the session that is left, and before the question
      StepQuestion.ask(delegate);
      session.touch();
    }
    return !status.inTransaction() && status.autoCommit() != session.has(Dirty.MANUAL);
  }

  /** Without auto-commit MySQL's driver knows as much where there is no transaction. */
  private boolean hasForgotten() throws SQLException {
    return !status.known()
        && (!session.has(Dirty.MANUAL)
            || session.has(Dirty.EXCHANGED | Dirty.UNSURE | Dirty.MAY_HAVE_FAILED));
  }

  /** After the driver was told; another thread may have begun something meanwhile. */
  void arrive(boolean done) {
    if (!done || session.has(Dirty.CALLS) || (!spoken && session.has(Dirty.EXCHANGED))) {
      session.mark(Dirty.LEFT_BEHIND);
    }
  }
}
