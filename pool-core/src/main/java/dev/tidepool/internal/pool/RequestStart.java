package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.ConnectFailure;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.Lender;
import dev.tidepool.internal.jdbc.RequestBoundaries;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells drivers that want to know of the begin of a borrower's work, with a bound.
 *
 * <p>That is a call of the driver on the borrower's thread, as a worker's help would cost each
 * borrow two switches of threads: so it cannot be left, but after a while, or when the borrower's
 * time is over, it is cut off. A timer for each call would have all borrowers of all pools meet at
 * the timers' lock. So each call only writes down its deadline, and one look at all of them comes
 * on every tick while there are calls, and each second else.
 *
 * <p><b>No call goes unlooked at.</b> A caller writes its deadline and then asks whether looks come
 * on every tick ({@code busy}); a look that has found nothing takes that back and then looks once
 * more. Both first steps are full fences, so one of the two sees the other. Should a caller fail in
 * between, for want of memory or stack, it is up to a second more.
 *
 * <p><b>Nobody is cut off who is through.</b> The end of a call is its removal from the entry, by
 * compare-and-set: either the borrower goes on, or the look cuts off.
 */
final class RequestStart {
  private static final long IDLE_PAUSE_NANOS = 1_000_000_000L;

  /** A look that comes so late comes after a standstill of the whole process. */
  private static final long STANDSTILL_NANOS = 2 * PoolRuntime.TICK_NANOS;

  /** In a row: a process with far too little time may have each look come late. */
  private static final int MOST_STANDSTILLS = 20;

  private final Engine engine;
  private final Exchange<Entry> exchange;
  private final PoolRuntime runtime;
  private final Lender lender;
  private volatile boolean busy;

  /**
   * Between the first call and the stop; guards {@code stopped} and the writes of {@code looks}.
   */
  private final Object lock = new Object();

  private boolean stopped;

  /** When the next look is to come at the latest; only looks read and write it. */
  private long dueAt;

  /** How many looks in a row have come late; only looks read and write it. */
  private int standstills;

  /** Null before the first call. */
  private volatile PoolRuntime.@Nullable Repeated looks;

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
    Entry.Call call = new Entry.Call(lease, deadline(start));
    boolean alive;
    boolean through = false;
    try {
      entry.begin(call);
      haveLooks();
      alive = RequestBoundaries.begin(lender, entry);
    } finally {
      through = entry.end(call);
    }
    if (!through) {
      cutOff(entry, lease); // the look may not have come to it yet
    } else if (!alive) {
      died(entry, lease, start);
    } else if (entry.uses() == 1) {
      engine.inventory().proved();
    }
    return through && alive && entry.isLeased(lease);
  }

  private void died(Entry entry, long lease, long start) {
    try {
      // Only if it was opened while this borrower waited: an older one may have worked once.
      if (entry.uses() == 1 && !entry.isOld(start)) {
        engine.inventory().cameToNothing(entry, firstFailure(entry));
      }
    } finally {
      if (entry.retireDoomed(lease)) {
        retire(entry, null);
      }
    }
  }

  private static SQLException firstFailure(Entry entry) {
    Doom doom = entry.doomed();
    Throwable cause = doom == null ? null : doom.cause();
    String state = cause instanceof SQLException e ? e.getSQLState() : null;
    String why = cause == null ? "" : " (" + ConnectFailure.text(cause) + ")";
    return new Ended(
        "a new session ended in its first beginRequest" + why, state == null ? "08006" : state);
  }

  /** Kept as the last failure; its stack, or its cause's, would keep the borrower's classes. */
  private static final class Ended extends SQLException {
    private static final long serialVersionUID = 1L;

    Ended(String message, String state) {
      super(message, state);
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A tick early, as looks come on ticks: what is promised to the borrower is a hard bound. */
  private long deadline(long start) {
    long now = runtime.nanoTime();
    long left = start + engine.connectionTimeout() - now;
    long patience = Math.min(left, engine.config().validationTimeout().toNanos());
    return now + patience - PoolRuntime.TICK_NANOS;
  }

  private void haveLooks() {
    PoolRuntime.Repeated begun = looks;
    if (begun == null) {
      begin();
    } else if (!busy) {
      begun.within(0);
      busy = true; // last: whoever meets it relies on that look
    }
  }

  private void begin() {
    synchronized (lock) {
      if (looks == null && !stopped) {
        dueAt = runtime.nanoTime();
        looks = runtime.repeat(this::look);
      }
    }
  }

  /** Looks no more; calls under way end with their connections. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      PoolRuntime.Repeated begun = looks;
      if (begun != null) {
        begun.cancel();
      }
    }
  }

  private long look() {
    long now = runtime.nanoTime();
    // After a standstill of the process the answers may be there, and nobody has read them yet.
    boolean late = now - dueAt > STANDSTILL_NANOS && standstills < MOST_STANDSTILLS;
    standstills = late ? standstills + 1 : 0;
    boolean any = late ? isAnyCalling() : cutOffLate(now);
    if (!any) {
      busy = false;
      any = isAnyCalling();
    }
    if (any) {
      busy = true;
    }
    long pause = any ? 0 : IDLE_PAUSE_NANOS;
    dueAt = now + pause;
    return pause;
  }

  /** Whether there are calls under way that go on. */
  private boolean cutOffLate(long now) {
    boolean[] more = new boolean[1];
    exchange.forEach(
        entry -> {
          Entry.Call call = entry.call();
          if (call == null) {
            return;
          }
          if (now - call.deadline() < 0) {
            more[0] = true;
          } else if (entry.end(call)) {
            cutOff(entry, call.lease());
          }
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
      retire(entry, Doom.of(RetireReason.VALIDATION_TIMEOUT));
    }
  }

  /** Nobody has got hold of it: that is no borrow. */
  private void retire(Entry entry, @Nullable Doom doom) {
    entry.notLent();
    entry.returned(runtime.coarseNanos());
    engine.retire(entry, doom);
  }
}
