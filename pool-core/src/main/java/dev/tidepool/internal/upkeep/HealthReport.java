package dev.tidepool.internal.upkeep;

import dev.tidepool.api.Health;
import dev.tidepool.config.Secrets;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the pool makes of its database, and who is told when that changes: listeners of each change,
 * the log of what somebody should know. Connections that die each few seconds one at a time are
 * told of once in half a minute; an outage is told of when it begins and when it ends, both times
 * as loud.
 *
 * <p>Changed by one thread at a time, under the lock of {@link Recovery}.
 */
final class HealthReport {
  /**
   * What had been counted when the first sign of trouble came.
   *
   * @param at when that was
   * @param connectFailures connects failed before
   * @param timeouts borrowers that had given up before
   */
  record Beginning(long at, long connectFailures, long timeouts) {}

  private static final Logger log = LoggerFactory.getLogger(HealthReport.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final EventQueue events;
  private final Counters counters;
  private final Reminder doubts;
  private final Reminder outages;
  private volatile Health health = Health.UP;

  /** The beginning of the outage that has not ended yet. */
  private @Nullable Beginning outage;

  /** Whether the present doubt was heard, so that its end must be, too. */
  private boolean doubtHeard;

  /** For one pool, whose database is taken to be up. */
  HealthReport(String poolName, PoolRuntime runtime, EventQueue events, Counters counters) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.events = events;
    this.counters = counters;
    this.doubts = new Reminder(runtime);
    this.outages = new Reminder(runtime);
  }

  /** What the pool makes of its database. */
  Health health() {
    return health;
  }

  /**
   * What there is to be counted from, if trouble begins now.
   *
   * @param failed connects whose failure is part of it, although it is counted already
   */
  Beginning begin(long now, int failed) {
    return new Beginning(
        now, counters.connectFailures.sum() - failed, counters.acquireTimeouts.sum());
  }

  /**
   * Changes the health.
   *
   * @param why what led to it, or null
   * @param beginning of the trouble that led to it
   * @return what to do after the lock is given up; null if nothing has changed
   */
  @Nullable Runnable become(Health next, @Nullable Throwable why, @Nullable Beginning beginning) {
    Health before = health;
    if (before == next) {
      return null;
    }
    health = next;
    // Under the lock: who mirrors the health must not hear of two changes in the wrong order.
    events.queue(l -> l.healthChanged(before, next, why));
    String reason = why == null ? "no answer in time" : Secrets.mask(why.toString());
    Runnable line =
        switch (next) {
          case UP -> answers(before);
          case SUSPECT -> before == Health.DOWN ? notAllDead() : inDoubt(why != null, reason);
          case DOWN -> down(beginning, reason);
        };
    return () -> {
      events.deliverQueued();
      // On a worker: this may be the timer thread, which must not wait for a log that blocks.
      runtime.execute(line);
    };
  }

  private Runnable inDoubt(boolean known, String reason) {
    // A slow answer is no news, unless something follows from it.
    Level level = known ? doubts.level(Level.INFO) : Level.DEBUG;
    doubtHeard = level == Level.INFO;
    return () ->
        log.atLevel(level)
            .log("{}: all idle connections are asked, because of: {}", poolName, reason);
  }

  private Runnable notAllDead() {
    Level level = doubts.level(Level.INFO);
    return () ->
        log.atLevel(level)
            .log("{}: connections that are left may still answer, none can be opened", poolName);
  }

  private Runnable down(@Nullable Beginning beginning, String reason) {
    counters.outages.increment();
    if (outage == null) {
      outage = beginning != null ? beginning : begin(runtime.nanoTime(), 0);
      outages.startAnew();
    }
    Level level = outages.level(Level.WARN);
    return () ->
        log.atLevel(level)
            .log(
                "{}: the database is down: no connection answers and none can be opened: {}",
                poolName,
                reason);
  }

  private Runnable answers(Health before) {
    Beginning ended = outage;
    outage = null;
    Level level = doubtHeard ? Level.INFO : Level.DEBUG;
    doubtHeard = false;
    if (ended == null) {
      return () -> log.atLevel(level).log("{}: the database answers; it was {}", poolName, before);
    }
    double seconds = (runtime.nanoTime() - ended.at) / 1e9;
    long failures = counters.connectFailures.sum() - ended.connectFailures;
    long timeouts = counters.acquireTimeouts.sum() - ended.timeouts;
    return () ->
        log.warn(
            "{}: the database answers again after {} s; {} failed and {} gave up meanwhile",
            poolName,
            String.format(Locale.ROOT, "%.1f", seconds),
            count(failures, "connect"),
            count(timeouts, "borrower"));
  }

  private static String count(long n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }
}
