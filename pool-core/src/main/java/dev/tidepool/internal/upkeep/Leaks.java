package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.inventory.ThreadName;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names borrowers who do not give back, and takes back what they have. */
final class Leaks {
  private static final Logger log = LoggerFactory.getLogger(Leaks.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Inventory inventory;
  private final EventQueue events;
  private final Counters counters;

  Leaks(
      String poolName,
      PoolRuntime runtime,
      Inventory inventory,
      EventQueue events,
      Counters counters) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.inventory = inventory;
    this.events = events;
    this.counters = counters;
  }

  /** A borrower, for how long, and what it sent last. */
  private record Borrow(long lease, Thread holder, Duration held, String sent) {}

  /**
   * The borrower, if it has had the connection for so long. The look that led here may have met a
   * new borrower together with the old one's time, so all is read again, in order. Nobody, while
   * the driver is still told of it: who waits for that has not got it yet, and the wait has a
   * bound.
   */
  private static @Nullable Borrow borrow(Entry entry, long atLeast, long now) {
    long lease = entry.lease();
    boolean noted = entry.isLentOn(lease) && entry.call() == null;
    Thread holder = entry.holder();
    long held = now - entry.borrowedAt();
    return noted && holder != null && held >= atLeast
        ? new Borrow(lease, holder, Duration.ofNanos(held), entry.lastSent(lease, now))
        : null;
  }

  /**
   * The same, but not while most of that time was a standstill of the whole process, in which the
   * borrower could not give it back. Who borrows at the very end of that is noted with the time of
   * before.
   */
  private static @Nullable Borrow seenBorrow(Entry entry, long atLeast, long now) {
    Borrow borrow = borrow(entry, atLeast, now);
    boolean seen =
        borrow != null
            && entry.seenFor(borrow.lease, now) >= atLeast - Limits.longestUnseen(atLeast);
    return seen ? borrow : null;
  }

  /** Tells of a borrow that takes as long as {@code threshold} or longer. */
  void report(Entry entry, long threshold, long now) {
    Borrow borrow = seenBorrow(entry, threshold, now);
    if (borrow == null) {
      return;
    }
    entry.reportLeak();
    counters.leaks.increment();
    Throwable borrowed = entry.borrowStack();
    // On a worker: the timer thread must wait neither for that stack nor for a log that blocks.
    runtime.execute(() -> logLeak(entry, borrow, borrowed));
    String name = ThreadName.of(borrow.holder);
    events.publish(l -> l.leakSuspected(entry.info(now), name, borrow.held));
  }

  private void logLeak(Entry entry, Borrow borrow, @Nullable Throwable borrowed) {
    @Nullable Throwable shown = borrowed != null ? borrowed : new Holder(borrow.holder);
    String where = "that thread is now here:";
    if (borrowed != null) {
      where = "it was borrowed here:";
    } else if (!entry.isLeased(borrow.lease)) { // then the stack may be of what came after
      shown = null;
      where = "it has just come back; leakDetectionStackTrace=true records the place of the borrow";
    } else if (shown.getStackTrace().length == 0) {
      where = "that thread has ended; leakDetectionStackTrace=true records the place of the borrow";
    }
    log.warn(
        "{}: connection #{} has been out for {} ms, borrowed by thread \"{}\"{}; {}",
        poolName,
        entry.id(),
        borrow.held.toMillis(),
        ThreadName.of(borrow.holder),
        borrow.sent,
        where,
        shown);
  }

  /** Notes that a connection is lent, if it is; in each pass. */
  static void see(Entry entry, long now) {
    long lease = entry.lease();
    if (entry.isLentOn(lease) && entry.isLeased(lease)) {
      long unused = entry.seenFor(lease, now);
    }
  }

  /**
   * Takes a connection back from a borrower who has had it for {@code limit} or longer: it is cut
   * off, a call under way fails, and so does every later one.
   */
  void reclaim(Entry entry, long limit, long now) {
    Borrow borrow = seenBorrow(entry, limit, now);
    if (borrow == null || !entry.reclaim(borrow.lease)) {
      return;
    }
    Throwable borrowed = entry.borrowStack();
    Doom doom = Doom.of(RetireReason.BORROWED_TOO_LONG);
    entry.retiredFor(doom);
    try {
      runtime.execute(() -> logReclaim(entry, borrow, borrowed));
    } finally { // no memory to tell: the slot must not be lost with it
      inventory.retire(entry, doom);
    }
  }

  private void logReclaim(Entry entry, Borrow borrow, @Nullable Throwable borrowed) {
    log.warn(
        "{}: connection #{} is taken back from thread \"{}\" after {} ms (maxBorrowTime){}",
        poolName,
        entry.id(),
        ThreadName.of(borrow.holder),
        borrow.held.toMillis(),
        borrow.sent,
        borrowed);
  }

  /** Carries the present stack of a thread into a log line. */
  private static final class Holder extends Throwable {
    private static final long serialVersionUID = 1L;

    Holder(Thread thread) {
      super(ThreadName.of(thread), null, false, true);
      setStackTrace(thread.getStackTrace());
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // a class name in front would only confuse
    public String toString() {
      return "stack of thread \"" + getMessage() + "\"";
    }
  }
}
