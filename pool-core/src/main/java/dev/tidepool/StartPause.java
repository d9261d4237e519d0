package dev.tidepool;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.internal.connect.LoginRefusal;
import dev.tidepool.internal.inventory.Backoff;
import dev.tidepool.internal.runtime.Reminder;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private final Backoff backoff = new Backoff();
  private @Nullable SQLException failure;
  private int changes;

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
    lock.lock();
    try {
      long left = backoff.left(clock.getAsLong(), true);
      if (failure != null && left > 0) {
        throw again(failure, left);
      }
      return changes;
    } finally {
      lock.unlock();
    }
  }

  private static SQLTransientConnectionException again(SQLException failure, long left) {
    long millis = TimeUnit.NANOSECONDS.toMillis(left) + 1;
    return new SQLTransientConnectionException(
        failure.getMessage() + "; the next try is due in " + millis + " ms",
        failure.getSQLState(),
        failure.getCause());
  }

  /** Whether the start that is to come repeats one that failed. */
  boolean isRepetition() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes a failure, unless a property has changed meanwhile: then the next start is another one.
   *
   * @param begun what {@link #begin} returned
   * @return what its borrower is to be told
   */
  SQLTransientConnectionException failed(String poolName, int begun, PoolStartException why) {
    Throwable cause = why.getCause();
    SQLTransientConnectionException told =
        new SQLTransientConnectionException(why.getMessage(), stateOf(cause), cause);
    int failures = note(told, begun, LoginRefusal.is(cause));
    if (failures == 1) {
      reminder.said(); // by the engine
    } else if (failures > 1) {
      Level level = reminder.level(Level.WARN);
      log.atLevel(level)
          .log("{}: still cannot start (attempt {}): {}", poolName, failures, why.getMessage());
    }
    return told;
  }

  /** Returns how many starts have failed in a row, 0 if this one does not count. */
  private int note(SQLException told, int begun, boolean refused) {
    lock.lock();
    try {
      if (begun != changes) {
        return 0;
      }
      failure = told;
      backoff.failed(clock.getAsLong(), refused);
      return backoff.failures();
    } finally {
      lock.unlock();
    }
  }

  private static String stateOf(@Nullable Throwable cause) {
    String state = cause instanceof SQLException e ? e.getSQLState() : null;
    return state == null ? "08001" : state;
  }

  /** A property has changed: the next start is another one. */
  void changed() {
    lock.lock();
    try {
      changes++;
      forget();
    } finally {
      lock.unlock();
    }
  }

  /** A start has succeeded. */
  void succeeded(String poolName) {
    int failures;
    lock.lock();
    try {
      failures = forget();
    } finally {
      lock.unlock();
    }
    if (failures > 0) {
      log.info("{}: started after {} failed attempts", poolName, failures);
    }
  }

  private int forget() {
    failure = null;
    return backoff.succeeded();
  }
}
