package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One borrow: what a deed is done with.
 *
 * @param owner who borrowed, for the books
 * @param kept whether the borrower has forgotten the connection instead of closing it
 */
record Job(
    TidepoolDataSource pool,
    Connection connection,
    Session session,
    String owner,
    Random random,
    Sql sql,
    Ledger ledger,
    AtomicBoolean kept) {
  /** Longer than the longest way back: a statement and a rollback, each with a socket timeout. */
  private static final long HELPER_SECONDS = 30;

  /** What may fail as JDBC does. */
  interface Call {
    void run() throws SQLException;
  }

  /** To be called before anything that gives the connection back. */
  void leave() {
    ledger.leave(session.id(), owner);
  }

  /** The end of the borrow by the book. */
  void close() throws SQLException {
    leave();
    connection.close();
  }

  /** Does something in another thread, a moment from now. */
  Helper elsewhere(Call call) {
    return new Helper(this, call, random.nextInt(40));
  }

  /** What must be refused with an {@link SQLException}; anything else breaks a promise. */
  void mustBeRefused(String what, Call call) {
    try {
      call.run();
    } catch (SQLException e) {
      ledger.count(Ledger.FAILURES, "refused after close, as it must be");
      return;
    }
    ledger.broken("P6: " + what + " worked after close() in " + owner);
  }

  /** A thread that does one thing with a connection that another thread uses. */
  static final class Helper {
    private final Job job;
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    private Helper(Job job, Call call, int millis) {
      this.job = job;
      thread = new Thread(() -> run(call, millis), "soak-helper");
      thread.setDaemon(true);
      thread.start();
    }

    private void run(Call call, int millis) {
      try {
        TimeUnit.MILLISECONDS.sleep(millis);
        call.run();
      } catch (SQLException e) {
        job.ledger.failed("another thread", e);
      } catch (RuntimeException | Error | InterruptedException e) {
        failure = e;
      }
    }

    /** Waits for its end, interrupted or not. */
    void join() {
      boolean interrupted = false;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HELPER_SECONDS);
      while (thread.isAlive() && System.nanoTime() - end < 0) {
        try {
          thread.join(1_000);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        job.ledger.hangs("P2: a close or abort by another thread hangs");
      } else if (failure != null) {
        job.ledger.broken("another thread's call threw " + failure);
      }
    }
  }
}
