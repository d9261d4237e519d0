package dev.tidepool;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.internal.connect.LoginRefusal;
import dev.tidepool.internal.inventory.Backoff;
import dev.tidepool.internal.runtime.Reminder;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a bean knows of its starts that failed. Each start has an engine of its own, which knows
 * nothing of the one before: without this each borrower would log in, and a wrong password would
 * lock its account. So whoever comes within a pause gets the failure there was, and the log does
 * not hear all of it again.
 */
final class StartPause {
  private static final Logger log = LoggerFactory.getLogger(StartPause.class);

  private final LongSupplier clock;
  private final Reminder reminder;
  private final Object lock = new Object();

  // guarded by lock
  private final Backoff backoff = new Backoff();
  private @Nullable Failure failure;
  private int changes;

  /**
   * As a borrower hears of it, who has an exception of his own: it keeps his class loader alive.
   */
  private record Failure(String text, String state, @Nullable Throwable cause) {
    static Failure of(PoolStartException why) {
      Throwable cause = why.getCause();
      String state = cause instanceof SQLException e ? e.getSQLState() : null;
      return new Failure(String.valueOf(why.getMessage()), state == null ? "08001" : state, cause);
    }

    SQLTransientConnectionException asException(String more) {
      return new SQLTransientConnectionException(text + more, state, cause);
    }
  }

  /** For starts of which none has failed; {@code clock} tells nanoseconds. */
  StartPause(LongSupplier clock) {
    this.clock = clock;
    this.reminder = new Reminder(clock);
  }

  /**
   * Lets a start begin; to be called before the properties are read.
   *
   * @return what {@link #failed} is to be told
   * @throws SQLTransientConnectionException the failure of the start before, as long as its pause
   *     lasts
   */
  int begin() throws SQLTransientConnectionException {
    synchronized (lock) {
      long left = backoff.left(clock.getAsLong(), true);
      if (failure != null && left > 0) {
        long millis = TimeUnit.NANOSECONDS.toMillis(left) + 1;
        throw failure.asException("; the next try is due in " + millis + " ms");
      }
      return changes;
    }
  }

  /** Whether the start that is to come repeats one that failed. */
  boolean isRepetition() {
    synchronized (lock) {
      return failure != null;
    }
  }

  /**
   * Notes a failure, unless a property has changed meanwhile: then the next start is another one.
   *
   * @param begun what {@link #begin} returned
   * @return what its borrower is to be told
   */
  SQLTransientConnectionException failed(String poolName, int begun, PoolStartException why) {
    Failure told = Failure.of(why);
    int failures = note(told, begun, LoginRefusal.is(told.cause));
    if (failures == 1) {
      reminder.said(); // by the engine
    } else if (failures > 1) {
      Level level = reminder.level(Level.WARN);
      log.atLevel(level)
          .log("{}: still cannot start (attempt {}): {}", poolName, failures, why.getMessage());
    }
    return told.asException("");
  }

  /** Returns how many starts have failed in a row, 0 if this one does not count. */
  private int note(Failure told, int begun, boolean refused) {
    synchronized (lock) {
      if (begun != changes) {
        return 0;
      }
      failure = told;
      backoff.failed(clock.getAsLong(), refused);
      return backoff.failures();
    }
  }

  /** A property has changed: the next start is another one. */
  void changed() {
    synchronized (lock) {
      changes++;
      forget();
    }
  }

  /**
   * A start has not failed.
   *
   * @param connected whether a connection is open, else it goes on
   */
  void ended(String poolName, boolean connected) {
    int failures;
    synchronized (lock) {
      failures = forget();
    }
    if (failures > 0 && connected) {
      log.info("{}: started after {} failed attempts", poolName, failures);
    }
  }

  private int forget() {
    failure = null;
    return backoff.succeeded();
  }
}
