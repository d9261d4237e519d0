package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One check on a worker thread; the answer and the deadline race for {@code decided}. */
final class Check {
  private static final int MAX_HUNG = 64;

  /** What the reader of an answer has of its time, whenever the process has stood still. */
  private static final long GRACE_NANOS = 100_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Check.class);

  private final Checker checker;
  private final Entry entry;
  private final CheckKind kind;
  private final Duration timeout;
  private final CheckKind.Exam exam;
  private final Checker.Judge judge;
  private final AtomicBoolean decided = new AtomicBoolean();
  private final AtomicBoolean late = new AtomicBoolean();
  private volatile long startedAt;
  private volatile long silence;

  /** Whether it expired without having begun; only whoever decides on it reads it. */
  private boolean unasked;

  Check(
      Checker checker,
      Entry entry,
      CheckKind kind,
      Duration timeout,
      CheckKind.Exam exam,
      Checker.Judge judge) {
    this.checker = checker;
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
      startedAt = checker.runtime.nanoTime();
      // Each hung one holds a thread; a driver that hangs so often has lost the benefit of doubt.
      checker.runtime.execute(checker.hung.get() < MAX_HUNG ? this::run : this::expireUnasked);
      started = true;
    } finally {
      if (!started) {
        count(-1);
      }
    }
  }

  private void count(int more) {
    checker.running.addAndGet(more);
    if (kind.isPing()) {
      checker.pinging.addAndGet(more);
    }
  }

  private void run() {
    // From here, not from start(): a queue of other work must not count against this connection.
    startedAt = checker.runtime.nanoTime();
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
      checker.hung.decrementAndGet();
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
    return Deadline.start(checker.runtime, limit, lastPart, this::askAnew, this::expireInDriver);
  }

  private @Nullable Deadline startHedge() {
    return checker.hedgeAfter == 0 || checker.hedgeAfter >= timeout.toNanos()
        ? null
        : Deadline.start(
            checker.runtime, checker.hedgeAfter, checker.hedgeAfter, this::askAnew, this::hedge);
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
      log.error("{}: unexpected failure of a judge; please report it", checker.poolName, e);
      return alive;
    }
  }

  /** Nothing follows from a silence that nobody listened to. */
  private void askAnew() {
    entry.askedAt(checker.runtime.nanoTime());
  }

  /** The answer is late; borrowers should not bet on it any longer. */
  private void hedge() {
    checker.overdue.incrementAndGet();
    if (!late.compareAndSet(false, true)) {
      checker.overdue.decrementAndGet(); // decided meanwhile
      return;
    }
    if (kind.speaksForOthers()) {
      checker.witness.late(entry);
    } else {
      long more = Math.max(0, checker.witness.patience() - checker.hedgeAfter);
      Deadline.start(checker.runtime, more, more, this::askAnew, this::giveUpIfAwaited);
    }
    checker.demand.run();
  }

  /** Most likely it waits for the end of a COPY, and its place would serve whoever waits. */
  private void giveUpIfAwaited() {
    if (checker.exchange.waiting() > 0 && !checker.inventory.hasRoom()) {
      giveUpInDriver(RetireReason.OVERTAKEN);
    }
  }

  private void expireInDriver() {
    giveUpInDriver(kind.timedOut());
  }

  private void giveUpInDriver(RetireReason why) {
    checker.hung.incrementAndGet(); // first, as the driver may return right after
    if (!giveUp(why)) {
      checker.hung.decrementAndGet();
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
    long now = checker.runtime.nanoTime();
    count(-1);
    if (!late.compareAndSet(false, true)) {
      checker.overdue.decrementAndGet();
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
      checker.witness.alive(entry, silence, now - startedAt);
    } finally {
      // False if somebody retired it meanwhile: then it is theirs to close.
      if (!checker.exchange.pass(entry) && entry.retireOwned()) {
        checker.inventory.retire(entry, Doom.of(RetireReason.EVICTED));
      }
    }
  }

  private void retire(long now, Doom doom, @Nullable Throwable cause) {
    entry.retiredFor(doom); // others may see to it meanwhile
    try {
      kind.failures().increment();
      publish(now, false);
      if (doom.reason() == RetireReason.WRONG_ROLE) {
        checker.witness.alive(entry, silence, now - startedAt); // it did answer
      } else if (kind.speaksForOthers() || cause instanceof SQLException) {
        checker.witness.dead(entry, silence, now, cause);
      }
      if (log.isDebugEnabled()) {
        // On a worker: this may be the timer thread, which must not wait for a log that blocks.
        checker.runtime.execute(() -> report(doom.reason(), doom.cause(), now - startedAt));
      }
    } finally {
      checker.inventory.retire(entry, doom);
    }
  }

  private void report(RetireReason reason, @Nullable Throwable cause, long took) {
    if (cause != null) {
      log.debug(
          "{}: the check of connection #{} failed: {}",
          checker.poolName,
          entry.id(),
          reason,
          cause);
    } else if (reason == RetireReason.WRONG_ROLE) {
      log.debug("{}: connection #{} answered: {}", checker.poolName, entry.id(), reason);
    } else if (unasked) {
      log.debug(
          "{}: connection #{} was not asked: {} checks already hang in the driver: {}",
          checker.poolName,
          entry.id(),
          MAX_HUNG,
          reason);
    } else {
      log.debug(
          "{}: connection #{} did not answer within {} ms: {}",
          checker.poolName,
          entry.id(),
          took / 1_000_000,
          reason);
    }
  }

  private void publish(long now, boolean alive) {
    if (kind.isPing()) {
      Duration took = Duration.ofNanos(now - startedAt);
      checker.events.publish(l -> l.pinged(entry.info(now), took, alive));
    }
  }
}
