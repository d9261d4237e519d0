package dev.tidepool.internal.pool;

import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells of calls of the driver that ended neither well nor with an SQLException. That is a bug, in
 * the driver or in what it was given, and each such call costs a login. Thread-safe.
 */
final class BrokenCalls {
  private static final Logger log = LoggerFactory.getLogger(BrokenCalls.class);

  private final String poolName;
  private final Reminder reminder;

  BrokenCalls(String poolName, PoolRuntime runtime) {
    this.poolName = poolName;
    this.reminder = new Reminder(runtime);
  }

  void tell(Entry entry, Throwable cause) {
    log.atLevel(reminder.level(Level.WARN))
        .setCause(SafeErrors.clean(cause))
        .log(
            "{}: connection #{} is retired when it comes back: a call of the driver ended with {},"
                + " so it may be in the middle of an exchange",
            poolName,
            entry.id(),
            cause.getClass().getName());
  }
}
