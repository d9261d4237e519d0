package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.Lender;
import dev.tidepool.internal.jdbc.RequestBoundaries;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells drivers that want to know of the begin of a borrower's work, with a bound.
 *
 * <p>That is a call of the driver on the borrower's thread, as a worker's help would cost each
 * borrow two switches of threads: so it cannot be left, but after a while, or when the borrower's
 * time is over, it is cut off. A timer for each call would have all borrowers of all pools meet at
 * the timers' lock. So each call only writes down its deadline, and one look at all of them comes
 * on every tick, as long as there are calls.
 *
 * <p><b>No call goes unlooked at.</b> A caller writes its deadline and then asks whether looks are
 * under way ({@code looking}); the last look takes that back and then goes through the deadlines
 * once more. Both first steps are full fences, so one of the two sees the other. With only the
 * caller asking, one that asks just before the last look ends would never be cut off.
 */
final class RequestStart {
  private final Engine engine;
  private final Exchange<Entry> exchange;
  private final PoolRuntime runtime;
  private final Lender lender;
  private final AtomicBoolean looking = new AtomicBoolean();

  RequestStart(Engine engine, Lender lender) {
    this.engine = engine;
    this.exchange = engine.exchange();
    this.runtime = engine.runtime();
    this.lender = lender;
  }

  /**
   * Tells the driver of a connection that has just been lent to a borrower whose time runs from
   * {@code start} on.
   *
   * @return false if the session turned out to be over, or had to be cut off; the connection is
   *     retired then
   */
  boolean tell(Entry entry, long start) {
    long lease = entry.lease();
    boolean alive;
    try {
      entry.call(new Entry.Call(lease, deadline(start)));
      watch();
      alive = RequestBoundaries.begin(lender, entry);
    } finally {
      entry.call(null);
    }
    if (!alive && entry.retireDoomed(lease)) {
      lender.giveBackDoomed(entry);
    }
    return alive && entry.isLeased(lease);
  }

  private long deadline(long start) {
    long now = runtime.nanoTime();
    long left = start + engine.connectionTimeout() - now;
    return now + Math.min(left, engine.config().validationTimeout().toNanos());
  }

  private void watch() {
    if (!looking.get() && looking.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    boolean scheduled = false;
    try {
      PoolRuntime.Timer unused = runtime.schedule(this::look, PoolRuntime.TICK_NANOS);
      scheduled = true;
    } finally {
      if (!scheduled) { // no memory: the next caller tries again
        looking.set(false);
      }
    }
  }

  private void look() {
    boolean again = true;
    try {
      again = cutOffLate();
    } finally {
      if (again) {
        lookLater();
      } else {
        looking.set(false);
        if (isAnyCalling()) {
          watch();
        }
      }
    }
  }

  /** Whether there are calls under way; one that was cut off is gone with its connection. */
  private boolean cutOffLate() {
    long now = runtime.nanoTime();
    boolean[] more = new boolean[1];
    exchange.forEach(
        entry -> {
          Entry.Call call = entry.call();
          if (call != null && now - call.deadline() >= 0) {
            cutOff(entry, call.lease());
          }
          more[0] |= call != null;
        });
    return more[0];
  }

  private boolean isAnyCalling() {
    boolean[] found = new boolean[1];
    exchange.forEach(entry -> found[0] |= entry.call() != null);
    return found[0];
  }

  private void cutOff(Entry entry, long lease) {
    if ((entry.beginReturn(lease) && entry.retireOwned()) || entry.retireDoomed(lease)) {
      entry.returned(runtime.coarseNanos());
      engine.retire(entry, Doom.of(RetireReason.VALIDATION_TIMEOUT));
    }
  }
}
