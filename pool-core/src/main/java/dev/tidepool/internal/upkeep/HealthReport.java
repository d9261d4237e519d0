package dev.tidepool.internal.upkeep;

import dev.tidepool.api.Health;
import dev.tidepool.config.Secrets;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
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

  /**
   * What led to a change.
   *
   * @param why the error that came first; null if there was none, as of a missing answer
   * @param death whether a connection has died
   * @param lent how many connections in use have been silent since the first sign
   * @param beginning of the trouble, if it has not ended yet
   * @param refusal the newest connect failure, if it says that the login was refused
   */
  record Trouble(
      @Nullable Throwable why,
      boolean death,
      int lent,
      @Nullable Beginning beginning,
      @Nullable Throwable refusal) {}

  private static final Logger log = LoggerFactory.getLogger(HealthReport.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final EventQueue events;
  private final Counters counters;
  private final UnaryOperator<Level> loudness;
  private final Reminder doubts;
  private final Reminder outages;

  /** What a log that blocks has missed at most; older lines are dropped, and their number told. */
  static final int MOST_LINES = 100;

  /** What the log has yet to be told, in order, as the last line must be the present health. */
  private final Queue<Runnable> lines = new ConcurrentLinkedQueue<>();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();

  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile Health health = Health.UP;

  /** The beginning of the outage that has not ended yet. */
  private @Nullable Beginning outage;

  /** Whether the present doubt was heard, so that its end must be, too. */
  private boolean doubtHeard;

  /**
   * For one pool, whose database is taken to be up.
   *
   * @param loudness how loud a line may be that could be as loud as that
   */
  HealthReport(
      String poolName,
      PoolRuntime runtime,
      EventQueue events,
      Counters counters,
      UnaryOperator<Level> loudness) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.events = events;
    this.counters = counters;
    this.loudness = loudness;
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
   * @param trouble what led to it
   * @return what to do after the lock is given up; null if nothing has changed
   */
  @Nullable Runnable become(Health next, Trouble trouble) {
    Health before = health;
    if (before == next) {
      return null;
    }
    health = next;
    // Under the lock: who mirrors the health must not hear of two changes in the wrong order.
    events.queue(l -> l.healthChanged(before, next, shown(trouble.why())));
    queue(
        switch (next) {
          case UP -> answers(before);
          case SUSPECT -> before == Health.DOWN ? notAllDead() : inDoubt(trouble);
          case DOWN -> down(trouble);
        });
    return () -> {
      events.deliverQueued();
      tellQueued();
    };
  }

  private static @Nullable Throwable shown(@Nullable Throwable why) {
    return why == null ? null : SafeErrors.clean(why);
  }

  private void queue(Runnable line) {
    if (waiting.incrementAndGet() > MOST_LINES && next() != null) {
      dropped.incrementAndGet();
    }
    lines.add(line);
  }

  private @Nullable Runnable next() {
    Runnable line = lines.poll();
    if (line != null) {
      waiting.decrementAndGet();
    }
    return line;
  }

  /** On a worker: this may be the timer thread, which must not wait for a log that blocks. */
  private void tellQueued() {
    if (!lines.isEmpty() && telling.compareAndSet(false, true)) {
      boolean started = false;
      try {
        runtime.execute(this::tell);
        started = true;
      } finally {
        if (!started) { // no memory: the next change tells of this one, too
          telling.set(false);
        }
      }
    }
  }

  private void tell() {
    try {
      for (Runnable line = next(); line != null; line = next()) {
        int missed = dropped.getAndSet(0);
        if (missed > 0) {
          log.warn(
              "{}: the log stood still; {} changes of the health are left out", poolName, missed);
        }
        line.run();
      }
    } finally {
      telling.set(false);
      // A line queued after the last poll but before the flag fell has started no worker.
      tellQueued();
    }
  }

  /** Not under the lock: the text of an exception is code of the driver's. */
  private static String reason(@Nullable Throwable why) {
    if (why == null) {
      return "no answer in time";
    }
    try {
      return Secrets.mask(why.toString());
    } catch (RuntimeException | Error e) {
      return why.getClass().getName() + ", whose text cannot be had: " + e.getClass().getName();
    }
  }

  private Runnable inDoubt(Trouble trouble) {
    // A slow answer is no news, unless something follows from it.
    boolean news = trouble.death() || trouble.why() != null;
    Level level = news ? doubts.level(loudness.apply(Level.INFO)) : Level.DEBUG;
    doubtHeard = level == Level.INFO;
    return () ->
        log.atLevel(level)
            .log(
                "{}: all idle connections are asked, because of: {}",
                poolName,
                reason(trouble.why()));
  }

  private Runnable notAllDead() {
    Level level = doubts.level(Level.INFO);
    return () ->
        log.atLevel(level)
            .log("{}: connections that are left may still answer, none can be opened", poolName);
  }

  private Runnable down(Trouble trouble) {
    counters.outages.increment();
    if (outage == null) {
      Beginning beginning = trouble.beginning();
      outage = beginning != null ? beginning : begin(runtime.nanoTime(), 0);
      outages.startAnew();
    }
    Level level = outages.level(loudness.apply(Level.WARN));
    // Who was refused found the database up; and a sign that came before says nothing of that.
    Throwable refusal = trouble.refusal();
    String what = refusal == null ? "the database is down" : "the database refuses the login";
    return () ->
        log.atLevel(level)
            .log(
                "{}: {}: no connection can be opened and {}: {}",
                poolName,
                what,
                left(trouble.lent()),
                reason(refusal == null ? trouble.why() : refusal));
  }

  /** Idle ones are asked, and those that do not answer are gone by then; those in use are not. */
  private static String left(int lent) {
    return lent == 0
        ? "none is left that answers"
        : "none is left but " + lent + " in use, silent since the first sign";
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
