package dev.tidepool.internal.inventory;

import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the log hears of connects and of what becomes of connections, on a worker always: whoever
 * opens or retires one may be the timer thread, or somebody waits for it, and neither must wait for
 * a log that blocks. Thread-safe.
 */
public final class ConnectLog {
  private static final Logger log = LoggerFactory.getLogger(ConnectLog.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Reminder reminder;

  /** Whether somebody else has told the log that connects fail. */
  private volatile boolean hushed;

  ConnectLog(String poolName, PoolRuntime runtime) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.reminder = new Reminder(runtime);
  }

  /** A connection was opened, after so many failures in a row. */
  void opened(long id, int failures, long took) {
    if (failures > 0 || log.isDebugEnabled()) {
      runtime.execute(() -> logOpened(id, failures, took));
    }
  }

  private void logOpened(long id, int failures, long took) {
    logAgain(failures);
    log.debug("{}: opened connection #{} in {} ms", poolName, id, took / 1_000_000);
  }

  /** A session was of use to its first borrower, after so many failures in a row. */
  void again(int failures) {
    if (failures > 0) {
      runtime.execute(() -> logAgain(failures));
    }
  }

  private void logAgain(int failures) {
    if (failures > 0) {
      log.info("{}: connected again after {} failed attempts", poolName, failures);
    }
  }

  /**
   * A connect failed. The first of a row is always heard, unless the row began before this pool.
   */
  void failed(Throwable cause, Places.Failure failure) {
    if (failure.news() && failure.failures() == 1 && !hushed) {
      reminder.startAnew();
    }
    Level level = failure.news() ? reminder.level(Level.WARN) : Level.DEBUG;
    if (level == Level.WARN || log.isDebugEnabled()) {
      runtime.execute(() -> logFailed(level, cause, failure.failures()));
    }
  }

  private void logFailed(Level level, Throwable cause, int failures) {
    String text = cause.getClass().getName() + ": " + ConnectFailure.text(cause);
    if (level != Level.DEBUG) {
      log.atLevel(level).log("{}: cannot connect (attempt {}): {}", poolName, failures, text);
    }
    log.debug("{}: cannot connect (attempt {})", poolName, failures, cause);
  }

  /** A connection arrived after its connect was given up; on the worker that has it. */
  void late() {
    log.debug("{}: closing a connection that arrived after connectTimeout", poolName);
  }

  /** A connection is taken out of service. */
  void retired(long id, Doom doom) {
    if (log.isDebugEnabled()) {
      runtime.execute(() -> logRetired(id, doom));
    }
  }

  private void logRetired(long id, Doom doom) {
    log.debug("{}: retiring connection #{}: {}", poolName, id, doom.reason(), doom.cause());
  }

  /**
   * The start repeats one that has failed, which the log knows: lines that would say so again are
   * for DEBUG, and one in half a minute for a start that takes so long.
   */
  public void hush() {
    hushed = true;
    reminder.said();
  }

  /** What happens from now on is news. */
  public void unhush() {
    hushed = false;
  }

  /** The level of a line about the start and what it meets; see {@link #hush}. */
  public Level level(Level loud) {
    return hushed ? Level.DEBUG : loud;
  }
}
