package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections, on the calling thread, which may hang for as long as the driver does: the
 * caller's thread must be one that can be spared. Never throws; what the driver throws is logged at
 * debug. Safe for use by several threads.
 */
public final class Closer {
  private static final Logger log = LoggerFactory.getLogger(Closer.class);

  private final String poolName;
  private final Consumer<Connection> closing;

  /**
   * Closes connections of one pool.
   *
   * @param closing told of each just before its driver is asked to close or abort it, by whoever
   *     owns it; must not throw
   */
  public Closer(String poolName, Consumer<Connection> closing) {
    this.poolName = poolName;
    this.closing = closing;
  }

  /**
   * Ends a connection in peace: what is not committed is rolled back first, as some drivers commit
   * on close. Where either fails it is cut off.
   */
  public void close(PhysicalConnection physical) {
    Connection connection = physical.connection();
    // Also what the driver calls closed: pgjdbc frees a timer here that it shares by all
    // connections.
    boolean rolledBack = rollBack(connection);
    if (rolledBack && attempt("close", () -> end(connection))) {
      return;
    }
    // It may have failed before the socket was closed: the session would stay open for ever.
    closeSocket(physical);
    boolean ended =
        attempt(
            "abort after close",
            () -> {
              if (isOpen(connection)) {
                abort(connection, false);
              } else if (!rolledBack) { // by the driver itself, or given up while it hung
                end(connection);
              }
            });
    if (!ended) { // nothing more can be done about it
      closing.accept(connection);
    }
  }

  private void end(Connection connection) throws SQLException {
    closing.accept(connection);
    connection.close();
  }

  private boolean rollBack(Connection connection) {
    return attempt(
        "rollback before close",
        () -> {
          if (isOpen(connection) && !connection.getAutoCommit()) {
            connection.rollback();
          }
        });
  }

  /**
   * Ends a connection that may hang: the raw socket first if the pool can reach it, past the driver
   * and past TLS; then {@code abort}, and {@code close}. Where abort fails there is a rollback in
   * between, as some of those drivers commit on close.
   */
  public void cutOff(PhysicalConnection physical) {
    closeSocket(physical);
    abort(physical.connection(), true);
  }

  /**
   * The last resort where {@link #close} or {@link #cutOff} hangs: the same without a rollback. Who
   * hangs there has told of it, or will.
   */
  public void giveUp(PhysicalConnection physical) {
    closeSocket(physical);
    Connection connection = physical.connection();
    tryAbort(connection, false);
    // Not where it is called closed: if close is what hangs, a second thread would hang in it, too.
    attempt(
        "close after abort",
        () -> {
          if (isOpen(connection)) {
            connection.close();
          }
        });
  }

  private static void closeSocket(PhysicalConnection physical) {
    if (physical.cutOff() != null) {
      physical.cutOff().run();
    }
  }

  /**
   * Gives a connect up, and aborts what the driver had returned already where no socket could be
   * closed under it.
   *
   * @return false if the attempt has succeeded already, so that its caller owns the connection
   */
  public boolean cutOff(ConnectAttempt attempt) {
    if (!attempt.cutOff()) {
      return false;
    }
    @Nullable Connection opened = attempt.opened();
    if (opened != null) {
      abortSilently(opened, false); // the attempt is still at it, and discards it
    }
    return true;
  }

  private void abort(Connection connection, boolean rollBack) {
    closing.accept(connection);
    abortSilently(connection, rollBack);
  }

  private void abortSilently(Connection connection, boolean rollBack) {
    tryAbort(connection, rollBack);
    // Some drivers implement abort as nothing at all. A rollback there would wait, in H2 for one,
    // for the borrower's statement, which close ends.
    attempt(
        "close after abort",
        () -> {
          if (keepsSomethingAfterAbort(connection) || isOpen(connection)) {
            connection.close();
          }
        });
  }

  /**
   * pgjdbc: a timer thread that it shares by all connections, until all are closed, too. Not to be
   * done with every driver: MySQL's waits in close, of what abort has closed, for the lock of a
   * call that is still under way.
   */
  private static boolean keepsSomethingAfterAbort(Connection connection) {
    return connection.getClass().getName().startsWith("org.postgresql.");
  }

  private void tryAbort(Connection connection, boolean rollBack) {
    try {
      connection.abort(Runnable::run);
    } catch (Throwable e) {
      log.debug("{}: abort failed", poolName, SafeErrors.clean(e));
      if (rollBack) {
        boolean unused = rollBack(connection);
      }
    }
  }

  /** Closes what never became a connection of the pool. */
  void discard(Connection connection) {
    attempt("close of an unusable connection", () -> end(connection));
  }

  /** A driver that fails to say so keeps a session open, for all one knows. */
  private boolean isOpen(Connection connection) {
    boolean[] closed = new boolean[1];
    return !attempt("isClosed", () -> closed[0] = connection.isClosed()) || !closed[0];
  }

  private interface Step {
    void run() throws Exception;
  }

  /** False if it failed. */
  private boolean attempt(String what, Step step) {
    try {
      step.run();
      return true;
    } catch (Throwable e) {
      if (log.isDebugEnabled()) {
        log.debug("{}: {} failed", poolName, what, SafeErrors.clean(e));
      }
      return false;
    }
  }
}
