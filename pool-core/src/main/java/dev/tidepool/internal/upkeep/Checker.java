package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings and validations: both ask one connection for a sign of life on a worker thread, under a
 * deadline of the pool's own. When the deadline passes first, the connection is retired and cut
 * off, and its place is free; the worker is left to the driver and comes back when the driver lets
 * it.
 *
 * <p>A connection handed in is in CHECKING and belongs to the checker from then on.
 */
public final class Checker {
  /** Asks one connection for a sign of life. */
  @FunctionalInterface
  public interface Probe {
    /**
     * What the server answered; blocks as long as the driver does.
     *
     * @throws SQLException if the answer was an error: the connection is dead
     */
    Verdict ask(PhysicalConnection connection, Duration timeout, Question question)
        throws SQLException;

    /**
     * Every session of the server, as {@link PhysicalConnection#session} names them; empty if it
     * does not say.
     */
    default Set<String> sessions(PhysicalConnection connection) throws SQLException {
      return Set.of();
    }
  }

  /** What a connection is asked. */
  public enum Question {
    /** A heartbeat: whether it lives, and whether the server has the required role. */
    PING,
    /** Whether it can be handed out. */
    VALIDATION,
    /** Whether the server takes writes; asked under the deadline of a heartbeat. */
    WRITABLE
  }

  /** Hears how checks end, on whatever thread they end; must not block. */
  public interface Witness {
    /** The answer is not there after {@code hedgeAfter}. */
    void late(Entry entry);

    /** The connection works; it had been silent for {@code silence} nanoseconds. */
    void alive(Entry entry, long silence);

    /** It does not, and is about to be retired. */
    void dead(Entry entry, long silence, @Nullable Throwable cause);
  }

  private static final int MAX_HUNG = 64;
  private static final int MAX_PROBES = 16;

  /** What the reader of an answer has of its time, whenever the process has stood still. */
  private static final long GRACE_NANOS = 100_000_000L;

  /** Longest wait for an answer that decides on the others, too. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Checker.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Probe probe;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final EventQueue events;
  private final Kind ping;
  private final Kind validation;
  private final Kind other;
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
    this.probe = probe;
    this.exchange = exchange;
    this.inventory = inventory;
    this.events = events;
    this.pingTimeout = pingTimeout;
    this.validationTimeout = validationTimeout;
    this.hedgeAfter = hedgeAfter.toNanos();
    this.demand = demand;
    this.witness = witness;
    this.ping =
        new Kind(
            Question.PING,
            counters.pings,
            counters.pingFailures,
            RetireReason.PING_FAILED,
            RetireReason.PING_TIMEOUT);
    this.validation =
        new Kind(
            Question.VALIDATION,
            counters.validations,
            counters.validationFailures,
            RetireReason.VALIDATION_FAILED,
            RetireReason.VALIDATION_TIMEOUT);
    this.other =
        new Kind(
            Question.WRITABLE,
            counters.validations,
            counters.validationFailures,
            RetireReason.VALIDATION_FAILED,
            RetireReason.VALIDATION_TIMEOUT);
  }

  private record Kind(
      Question question,
      LongAdder count,
      LongAdder failures,
      RetireReason failed,
      RetireReason timedOut) {
    boolean isPing() {
      return question == Question.PING;
    }
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
    new Check(entry, ping, pingTimeout).start();
  }

  /**
   * Whether fewer heartbeats are under way than may be, so that a thousand news ask no thousand.
   */
  boolean mayProbe() {
    return pinging.get() < MAX_PROBES;
  }

  /** Sends a heartbeat whose answer others depend on, so that it is not waited for as long. */
  void probe(Entry entry) {
    Duration timeout = pingTimeout;
    new Check(entry, ping, timeout.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : timeout).start();
  }

  /**
   * Asks whether the server takes writes.
   *
   * @param judge told the answer if there is one; decides whether the connection stays
   */
  void askWritable(Entry entry, Judge judge) {
    ask(entry, (physical, timeout) -> probe.ask(physical, timeout, Question.WRITABLE), judge);
  }

  /** Asks anything, under the deadline of a heartbeat. */
  void ask(Entry entry, Exam exam, Judge judge) {
    new Check(entry, other, pingTimeout, exam, judge).start();
  }

  /** What is asked of one connection; blocks as long as the driver does. */
  interface Exam {
    Verdict ask(PhysicalConnection connection, Duration timeout) throws SQLException;
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
    new Check(entry, validation, validationTimeout).start();
  }

  /** One check; the answer and the deadline race for {@code decided}. */
  private final class Check {
    private final Entry entry;
    private final Kind kind;
    private final Duration timeout;
    private final Exam exam;
    private final Judge judge;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final AtomicBoolean late = new AtomicBoolean();
    private volatile long startedAt;
    private volatile long silence;

    Check(Entry entry, Kind kind, Duration timeout) {
      this(
          entry,
          kind,
          timeout,
          (physical, time) -> probe.ask(physical, time, kind.question),
          a -> a);
    }

    Check(Entry entry, Kind kind, Duration timeout, Exam exam, Judge judge) {
      this.entry = entry;
      this.kind = kind;
      this.timeout = timeout;
      this.exam = exam;
      this.judge = judge;
    }

    void start() {
      running.incrementAndGet();
      if (kind.isPing()) {
        pinging.incrementAndGet();
      }
      kind.count.increment();
      startedAt = runtime.nanoTime();
      // Each hung one holds a thread; a driver that hangs so often has lost the benefit of doubt.
      if (hung.get() < MAX_HUNG) {
        runtime.execute(this::run);
      } else {
        runtime.execute(this::expire);
      }
    }

    private void run() {
      // From here, not from start(): a queue of other work must not count against this connection.
      startedAt = runtime.nanoTime();
      silence = startedAt - entry.lastTraffic();
      entry.ask(startedAt);
      long limit = timeout.toNanos();
      Deadline deadline =
          Deadline.start(
              runtime,
              limit,
              Math.min(GRACE_NANOS, limit / 2),
              this::askAnew,
              this::expireInDriver);
      Deadline hedge =
          hedgeAfter == 0 || hedgeAfter >= limit
              ? null
              : Deadline.start(runtime, hedgeAfter, hedgeAfter, this::askAnew, this::hedge);
      Verdict verdict = Verdict.DEAD;
      Throwable cause = null;
      try {
        verdict = exam.ask(entry.physical(), timeout);
      } catch (Throwable t) {
        cause = t;
      }
      deadline.cancel();
      if (hedge != null) {
        hedge.cancel();
      }
      if (!decided.compareAndSet(false, true)) {
        hung.decrementAndGet();
        return;
      }
      if (verdict == Verdict.DEAD && cause == null) {
        cause = unexplained();
      }
      finish(
          verdict != Verdict.DEAD && keeps(verdict == Verdict.ALIVE),
          verdict == Verdict.WRONG_ROLE ? RetireReason.WRONG_ROLE : kind.failed,
          cause);
    }

    /** pgjdbc and MariaDB's driver catch what the server said, and answer no. */
    private Throwable unexplained() {
      String property = kind.isPing() ? "keepaliveQuery" : "connectionTestQuery";
      return new SQLNonTransientConnectionException(
          "the driver's isValid() says no, and not why; with "
              + property
              + " set the reason would be known",
          "08006");
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
      witness.late(entry);
      demand.run();
    }

    private void expireInDriver() {
      hung.incrementAndGet(); // first, as the driver may return right after
      if (!expire()) {
        hung.decrementAndGet();
      }
    }

    private boolean expire() {
      if (!decided.compareAndSet(false, true)) {
        return false;
      }
      finish(false, kind.timedOut, null);
      return true;
    }

    private void finish(boolean alive, RetireReason otherwise, @Nullable Throwable cause) {
      long now = runtime.nanoTime();
      running.decrementAndGet();
      if (!late.compareAndSet(false, true)) {
        overdue.decrementAndGet();
      }
      if (kind.isPing()) {
        pinging.decrementAndGet();
      }
      entry.asked();
      if (alive) {
        entry.answered(now);
        publish(now, true);
        witness.alive(entry, silence);
        // False if somebody retired it meanwhile: then it is theirs to close.
        if (!exchange.pass(entry) && entry.retireOwned()) {
          inventory.retire(entry, new Doom(RetireReason.EVICTED));
        }
      } else if (entry.retireOwned()) {
        // Else it was evicted under the check, and what the driver then says is no verdict.
        kind.failures.increment();
        publish(now, false);
        if (otherwise == RetireReason.WRONG_ROLE) {
          witness.alive(entry, silence); // it did answer
        } else {
          witness.dead(entry, silence, cause);
        }
        report(otherwise, cause);
        inventory.retire(entry, new Doom(otherwise, cause));
      }
    }

    private void report(RetireReason reason, @Nullable Throwable cause) {
      if (cause != null) {
        log.debug(
            "{}: the check of connection #{} failed: {}", poolName, entry.id(), reason, cause);
      } else if (reason == RetireReason.WRONG_ROLE) {
        log.debug("{}: connection #{} answered: {}", poolName, entry.id(), reason);
      } else {
        log.debug(
            "{}: connection #{} did not answer within {} ms: {}",
            poolName,
            entry.id(),
            timeout.toMillis(),
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
