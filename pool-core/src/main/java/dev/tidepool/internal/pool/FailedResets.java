package dev.tidepool.internal.pool;

import dev.tidepool.config.SqlValues;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells of a {@code connectionResetSql} that fails. It is not tried when the pool starts, as it may
 * undo what the init SQL has done; if it is wrong each return costs a login. Thread-safe.
 */
final class FailedResets {
  private static final Logger log = LoggerFactory.getLogger(FailedResets.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Reminder reminder;

  FailedResets(String poolName, PoolRuntime runtime) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.reminder = new Reminder(runtime);
  }

  /** Nothing of a session that is over, or was cut off in its reset: with that any SQL fails. */
  void tell(Entry entry, String sql, Exception cause) {
    if (entry.state() == SlotState.RETIRED || DefaultFailureClassifier.endsSession(cause)) {
      return;
    }
    Level level = reminder.level(Level.WARN);
    if (level == Level.WARN || log.isDebugEnabled()) {
      // On a worker: the borrower still has the slot, and a log may block.
      runtime.execute(() -> log(level, entry.id(), sql, cause));
    }
  }

  private void log(Level level, long id, String sql, Exception cause) {
    log.atLevel(level)
        .log(
            "{}: connectionResetSql={} failed, so connection #{} is retired; while it fails, so is"
                + " each used one that comes back: {}",
            poolName,
            SqlValues.mask(sql),
            id,
            SafeErrors.clean(cause, SqlValues.in(sql)).toString());
  }
}
