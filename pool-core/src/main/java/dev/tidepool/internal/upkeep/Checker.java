package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings and validations: both ask one connection for a sign of life on a worker thread, under a
 * deadline of the pool's own. When the deadline passes first, the connection is retired and cut
 * off, and its place is free; the worker comes back when the driver lets it, and is interrupted if
 * the pool can reach the driver's socket.
 *
 * <p>A connection handed in is in CHECKING and belongs to the checker from then on.
 */
public final class Checker {
  private static final int MAX_HUNG = 64;
  private static final int MAX_PROBES = 16;

  /** What the reader of an answer has of its time, whenever the process has stood still. */
  private static final long GRACE_NANOS = 100_000_000L;

  /** Longest wait for an answer that decides on the others, too. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(1);

  /** Made beforehand: whoever hands a slot in must not fail before it is handed in. */
  private static final Judge AS_ANSWERED = alive -> alive;

  private static final Logger log = LoggerFactory.getLogger(Checker.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final EventQueue events;
  private final CheckKind ping;
  private final CheckKind validation;
  private final CheckKind unsure;
  private final CheckKind other;
  private final AtomicInteger pinging = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger overdue = new AtomicInteger();

  /** Checks given up whose driver call has still not returned. */
  private final AtomicInteger hung = new AtomicInteger();

  private final long hedgeAfter;
  private final Runnable demand;
  private final Witness witness;
  private volatile Duration pingTimeout;
  private volatile Duration validationTimeout;

  /**
   * A checker with nothing to do yet.
   *
   * @param hedgeAfter time after which a check no longer counts as a likely source, 0 for never
   * @param demand called when that happens, so that another source is started
   * @param witness told how checks end
   */
  public Checker(
      String poolName,
      PoolRuntime runtime,
      Probe probe,
      Exchange<Entry> exchange,
      Inventory inventory,
      EventQueue events,
      Counters counters,
      Duration pingTimeout,
      Duration validationTimeout,
      Duration hedgeAfter,
      Runnable demand,
      Witness witness) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.events = events;
    this.pingTimeout = pingTimeout;
    this.validationTimeout = validationTimeout;
    this.hedgeAfter = hedgeAfter.toNanos();
    this.demand = demand;
    this.witness = witness;
    this.ping = CheckKind.ping(probe, counters);
    this.validation = CheckKind.validation(probe, counters);
    this.unsure = CheckKind.unsure(probe, counters);
    this.other = CheckKind.other(probe, counters);
  }

  /** Changes the deadlines of checks from now on. */
  public void setTimeouts(Duration ping, Duration validation) {
    pingTimeout = ping;
    validationTimeout = validation;
  }

  /** Checks under way. */
  public int running() {
    return running.get();
  }

  /**
   * Checks under way that have not taken suspiciously long: each will likely yield a connection.
   */
  public int promising() {
    return Math.max(0, running.get() - overdue.get());
  }

  /** Pings under way. */
  int pinging() {
    return pinging.get();
  }

  /** Sends a heartbeat. */
  public void ping(Entry entry) {
    begin(entry, ping, pingTimeout);
  }

  /**
   * Whether fewer heartbeats are under way than may be, so that a thousand news ask no thousand.
   */
  boolean mayProbe() {
    return pinging.get() < MAX_PROBES;
  }

  /** Sends a heartbeat whose answer others depend on, so that it is not waited for as long. */
  void probe(Entry entry) {
    begin(entry, ping, forAnImpatient(pingTimeout));
  }

  private static Duration forAnImpatient(Duration timeout) {
    return timeout.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : timeout;
  }

  /**
   * Asks whether the server takes writes.
   *
   * @param judge told the answer if there is one; decides whether the connection stays
   */
  void askWritable(Entry entry, Judge judge) {
    ask(entry, other.exam(), judge);
  }

  /** Asks anything, under the deadline of a heartbeat. */
  void ask(Entry entry, CheckKind.Exam exam, Judge judge) {
    begin(entry, other, pingTimeout, exam, judge);
  }

  /** Decides whether a connection that answered stays. */
  interface Judge {
    boolean keeps(boolean alive);
  }

  /** Time after which an answer is late, in nanoseconds; 0 for never. */
  long hedgeAfter() {
    return hedgeAfter;
  }

  /** Checks a connection before it is handed out. */
  public void validate(Entry entry) {
    begin(entry, validation, validationTimeout);
  }

  /**
   * Checks whether a connection can be handed out whose borrower may have left it in the middle of
   * something. It has just come back, so that a living one answers soon.
   */
  public void validateUnsure(Entry entry) {
    begin(entry, unsure, forAnImpatient(validationTimeout));
  }

  private void begin(Entry entry, CheckKind kind, Duration timeout) {
    begin(entry, kind, timeout, kind.exam(), AS_ANSWERED);
  }

  private void begin(
      Entry entry, CheckKind kind, Duration timeout, CheckKind.Exam exam, Judge judge) {
    boolean begun = false;
    try {
      new Check(entry, kind, timeout, exam, judge).start();
      begun = true;
    } finally {
      if (!begun) { // no memory, no stack: the slot must not be lost
        doWithout(entry, kind);
      }
    }
  }

  private void doWithout(Entry entry, CheckKind kind) {
    if (kind.speaksForOthers()) {
      exchange.putBack(entry);
    } else if (entry.retireOwned()) {
      inventory.retire(entry, Doom.of(kind.failed()));
    }
  }

  /** One check; the answer and the deadline race for {@code decided}. */
  private final class Check {
    private final Entry entry;
    private final CheckKind kind;
    private final Duration timeout;
    private final CheckKind.Exam exam;
    private final Judge judge;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final AtomicBoolean late = new AtomicBoolean();
    private volatile long startedAt;
    private volatile long silence;

    /** Whether it expired without having begun; only whoever decides on it reads it. */
    private boolean unasked;

    Check(Entry entry, CheckKind kind, Duration timeout, CheckKind.Exam exam, Judge judge) {
      this.entry = entry;
      this.kind = kind;
      this.timeout = timeout;
      this.exam = exam;
      this.judge = judge;
    }

    void start() {
      count(1);
      boolean started = false;
      try {
        kind.count().increment();
        startedAt = runtime.nanoTime();
        // Each hung one holds a thread; a driver that hangs so often has lost the benefit of doubt.
        runtime.execute(hung.get() < MAX_HUNG ? this::run : this::expireUnasked);
        started = true;
      } finally {
        if (!started) {
          count(-1);
        }
      }
    }

    private void count(int more) {
      running.addAndGet(more);
      if (kind.isPing()) {
        pinging.addAndGet(more);
      }
    }

    private void run() {
      // From here, not from start(): a queue of other work must not count against this connection.
      startedAt = runtime.nanoTime();
      silence = startedAt - entry.lastTraffic();
      if (kind.speaksForOthers()) {
        entry.ask(startedAt);
      }
      Deadline deadline = null;
      Deadline hedge = null;
      Verdict verdict = Verdict.DEAD;
      RetireReason otherwise = kind.failed();
      Throwable cause = null;
      try {
        deadline = startDeadline();
        hedge = startHedge();
        if (HangUp.isSeen(entry)) {
          otherwise = RetireReason.HUNG_UP;
          cause = HangUp.asException();
        } else {
          verdict = askInDriver();
        }
      } catch (Throwable t) {
        cause = t;
      }
      cancel(deadline);
      cancel(hedge);
      if (!decided.compareAndSet(false, true)) {
        hung.decrementAndGet();
        return;
      }
      conclude(verdict, verdict == Verdict.WRONG_ROLE ? RetireReason.WRONG_ROLE : otherwise, cause);
    }

    private Verdict askInDriver() throws SQLException {
      entry.enterDriver(false);
      try {
        return exam.ask(entry.physical(), timeout);
      } finally {
        entry.leaveDriver();
      }
    }

    private void conclude(Verdict verdict, RetireReason otherwise, @Nullable Throwable thrown) {
      Throwable cause = thrown;
      boolean alive = false;
      try {
        if (verdict == Verdict.DEAD && cause == null) {
          cause = kind.unexplained();
        }
        alive = verdict != Verdict.DEAD && keeps(verdict == Verdict.ALIVE);
      } finally { // no memory for a reason or for a log line: nobody else would end this check
        finish(alive, otherwise, cause);
      }
    }

    private Deadline startDeadline() {
      long limit = timeout.toNanos();
      long lastPart = Math.min(GRACE_NANOS, limit / 2);
      return Deadline.start(runtime, limit, lastPart, this::askAnew, this::expireInDriver);
    }

    private @Nullable Deadline startHedge() {
      return hedgeAfter == 0 || hedgeAfter >= timeout.toNanos()
          ? null
          : Deadline.start(runtime, hedgeAfter, hedgeAfter, this::askAnew, this::hedge);
    }

    private static void cancel(@Nullable Deadline deadline) {
      if (deadline != null) {
        deadline.cancel();
      }
    }

    /** Whatever the judge does, the slot must not be lost. */
    private boolean keeps(boolean alive) {
      try {
        return judge.keeps(alive);
      } catch (RuntimeException | Error e) {
        log.error("{}: unexpected failure of a judge; please report it", poolName, e);
        return alive;
      }
    }

    /** Nothing follows from a silence that nobody listened to. */
    private void askAnew() {
      entry.askedAt(runtime.nanoTime());
    }

    /** The answer is late; borrowers should not bet on it any longer. */
    private void hedge() {
      overdue.incrementAndGet();
      if (!late.compareAndSet(false, true)) {
        overdue.decrementAndGet(); // decided meanwhile
        return;
      }
      if (kind.speaksForOthers()) {
        witness.late(entry);
      } else {
        long more = Math.max(0, witness.patience() - hedgeAfter);
        Deadline.start(runtime, more, more, this::askAnew, this::giveUpIfAwaited);
      }
      demand.run();
    }

    /** Most likely it waits for the end of a COPY, and its place would serve whoever waits. */
    private void giveUpIfAwaited() {
      if (exchange.waiting() > 0 && !inventory.hasRoom()) {
        giveUpInDriver(RetireReason.OVERTAKEN);
      }
    }

    private void expireInDriver() {
      giveUpInDriver(kind.timedOut());
    }

    private void giveUpInDriver(RetireReason why) {
      hung.incrementAndGet(); // first, as the driver may return right after
      if (!giveUp(why)) {
        hung.decrementAndGet();
      }
    }

    private void expireUnasked() {
      unasked = true;
      boolean unused = giveUp(kind.timedOut());
    }

    private boolean giveUp(RetireReason why) {
      if (!decided.compareAndSet(false, true)) {
        return false;
      }
      finish(false, why, null);
      return true;
    }

    private void finish(boolean alive, RetireReason otherwise, @Nullable Throwable cause) {
      long now = runtime.nanoTime();
      count(-1);
      if (!late.compareAndSet(false, true)) {
        overdue.decrementAndGet();
      }
      entry.asked();
      if (alive) {
        passOn(now);
        return;
      }
      Doom doom = Doom.of(otherwise, cause);
      if (entry.retireOwned()) {
        // Else it was evicted under the check, and what the driver then says is no verdict.
        retire(now, doom, cause);
      }
    }

    private void passOn(long now) {
      entry.answered(now);
      try {
        publish(now, true);
        witness.alive(entry, silence, now - startedAt);
      } finally {
        // False if somebody retired it meanwhile: then it is theirs to close.
        if (!exchange.pass(entry) && entry.retireOwned()) {
          inventory.retire(entry, Doom.of(RetireReason.EVICTED));
        }
      }
    }

    private void retire(long now, Doom doom, @Nullable Throwable cause) {
      try {
        kind.failures().increment();
        publish(now, false);
        if (doom.reason() == RetireReason.WRONG_ROLE) {
          witness.alive(entry, silence, now - startedAt); // it did answer
        } else if (kind.speaksForOthers() || cause instanceof SQLException) {
          witness.dead(entry, silence, now, cause);
        }
        report(doom.reason(), doom.cause(), now - startedAt);
      } finally {
        inventory.retire(entry, doom);
      }
    }

    private void report(RetireReason reason, @Nullable Throwable cause, long took) {
      if (cause != null) {
        log.debug(
            "{}: the check of connection #{} failed: {}", poolName, entry.id(), reason, cause);
      } else if (reason == RetireReason.WRONG_ROLE) {
        log.debug("{}: connection #{} answered: {}", poolName, entry.id(), reason);
      } else if (unasked) {
        log.debug(
            "{}: connection #{} was not asked: {} checks already hang in the driver: {}",
            poolName,
            entry.id(),
            MAX_HUNG,
            reason);
      } else {
        log.debug(
            "{}: connection #{} did not answer within {} ms: {}",
            poolName,
            entry.id(),
            took / 1_000_000,
            reason);
      }
    }

    private void publish(long now, boolean alive) {
      if (kind.isPing()) {
        Duration took = Duration.ofNanos(now - startedAt);
        events.publish(l -> l.pinged(entry.info(now), took, alive));
      }
    }
  }
}
