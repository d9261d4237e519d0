package dev.tidepool.internal.inventory;

import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectAttempt;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connect on a worker thread, with a timer beside it. Whichever comes first, the driver's
 * answer or {@code connectTimeout}, decides by one compare-and-set; the loser has nothing left to
 * do but to clean up after itself.
 */
final class Opening {
  private static final int RUNNING = 0;
  private static final int DONE = 1;
  private static final int GIVEN_UP = 2;

  /**
   * Bound of the TCP handshake while connects fail: packets into the void must not hold a place for
   * as long as a login may take. The kernel repeats a lost one after a second.
   */
  private static final int TCP_LIMIT_MILLIS = 2_000;

  private static final long DOUBT_NANOS = 1_000_000_000L;

  /** While connects fail: an attempt into the void must not keep the next one waiting. */
  private static final long EARLY_DOUBT_NANOS = 500_000_000L;

  private final Inventory inventory;
  private final PoolRuntime runtime;
  private final ConnectionSource source;
  private final Closer closer;
  private final long timeout;
  private final int evictions;
  private final ConnectAttempt attempt;
  private final AtomicInteger state = new AtomicInteger(RUNNING);

  /** Which failures came before it; guarded by the lock of Places. */
  int era;

  /** Whether it is in doubt; guarded by the lock of Places. */
  boolean doubted;

  /** Whether it has given its place back; guarded by the lock of Places. */
  boolean left;

  private long startedAt;

  /** Read before the source is asked: rather replaced once too often than kept for ever. */
  private int credentials;

  private final InterruptibleCall call = new InterruptibleCall();

  Opening(
      Inventory inventory,
      PoolRuntime runtime,
      ConnectionSource source,
      Closer closer,
      long timeout,
      int evictions) {
    this.inventory = inventory;
    this.runtime = runtime;
    this.source = source;
    this.closer = closer;
    this.timeout = timeout;
    this.evictions = evictions;
    this.attempt =
        new ConnectAttempt(inventory.isFailing() ? TCP_LIMIT_MILLIS : 0, runtime::nanoTime);
  }

  void start() {
    boolean started = false;
    try {
      startedAt = runtime.nanoTime();
      runtime.execute(this::run);
      started = true;
    } finally {
      if (!started) { // no memory, no thread: the place must not be lost
        abandon();
      }
    }
  }

  /** It got a place, and does not begin. */
  void abandon() {
    if (state.compareAndSet(RUNNING, DONE)) {
      inventory.neverBegan(this);
    } else {
      inventory.hungReturned(); // given up meanwhile
    }
  }

  private void run() {
    if (state.get() != RUNNING) {
      inventory.hungReturned(); // given up before it began
      return;
    }
    try {
      login();
    } finally {
      // Whatever failed on the way, be it that no class could be loaded for what came of it. Who
      // has given it up frees the place once the pause is noted, or the next would not wait.
      if (state.get() != GIVEN_UP) {
        inventory.over(this);
      }
    }
  }

  private void login() {
    PoolRuntime.Timer deadline = null;
    PoolRuntime.Timer doubt = null;
    PhysicalConnection physical = null;
    Throwable failure = null;
    call.enter();
    try {
      // From here, not from start(): a queue of other work must not count as a slow login.
      startedAt = runtime.nanoTime();
      deadline = runtime.schedule(this::giveUpInTime, timeout);
      doubt = runtime.schedule(this::doubt, doubtAfter());
      credentials = inventory.credentials();
      physical = source.open(attempt);
    } catch (Throwable t) {
      failure = t;
    } finally {
      call.leave();
      boolean unused = Thread.interrupted(); // a driver's: what follows is not the login any more
      cancel(deadline);
      cancel(doubt);
    }
    if (state.compareAndSet(RUNNING, DONE)) {
      inventory.ended(this);
      if (physical != null) {
        arrive(physical);
      } else if (failure != null) {
        inventory.failed(failure, this, runtime.nanoTime() - startedAt);
      }
    } else {
      closeLate(physical);
    }
  }

  private static void cancel(PoolRuntime.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** How many evictions there had been before it. */
  int evictions() {
    return evictions;
  }

  /** See {@link ConnectAttempt#answer}. */
  long answer() {
    return attempt.answer();
  }

  /** Whether the credentials have changed since it was begun; asked on the thread that ran it. */
  boolean isOutdated() {
    return credentials != inventory.credentials();
  }

  private void arrive(PhysicalConnection physical) {
    long took = runtime.nanoTime() - startedAt;
    Entry entry;
    Places.Arrival arrival;
    try {
      entry = inventory.entry(physical, credentials);
      arrival = inventory.settle(entry, this);
    } catch (Throwable t) { // no memory: it has got no slot, and its place is still the connect's
      inventory.hung(); // its close may hang as a login does
      try {
        inventory.failed(t, this, took);
      } finally {
        closeLate(physical);
      }
      return;
    }
    inventory.opened(entry, arrival, this, took);
  }

  private long doubtAfter() {
    long doubt = inventory.isFailing() ? EARLY_DOUBT_NANOS : DOUBT_NANOS;
    return Math.min(doubt, timeout / 2);
  }

  private void closeLate(@Nullable PhysicalConnection physical) {
    try {
      if (physical != null) {
        inventory.closeLate(physical);
      }
    } finally {
      inventory.hungReturned();
    }
  }

  /** It takes so long that borrowers should not bet on it any more. */
  private void doubt() {
    if (state.get() == RUNNING) {
      inventory.doubt(this);
    }
  }

  private void giveUpInTime() {
    giveUp(null);
  }

  /**
   * Frees the place at once, and ends the login as far as it can be ended.
   *
   * @param why null if it took too long
   */
  void giveUp(@Nullable String why) {
    if (!state.compareAndSet(RUNNING, GIVEN_UP)) {
      return;
    }
    inventory.ended(this);
    inventory.hung();
    try {
      // At once and from here, as it does not block: a worker may not be free.
      attempt.cutOff();
    } finally {
      try {
        // Before it is told: that may end the start, and with it whoever runs this.
        runtime.execute(this::endInDriver);
      } finally { // no memory, no thread: the place must not be lost
        fail(givenUp(why));
      }
    }
  }

  private void fail(Throwable cause) {
    try {
      inventory.failed(cause, this, runtime.nanoTime() - startedAt);
    } finally { // as in run(), which the driver may never let go on
      inventory.over(this);
    }
  }

  private void endInDriver() {
    closer.cutOff(attempt);
    if (attempt.mayInterrupt()) {
      call.interrupt();
    }
  }

  private Throwable givenUp(@Nullable String why) {
    try {
      String tooLong =
          "connect and login took longer than connectTimeout=" + timeout / 1_000_000 + " ms";
      return new SQLTimeoutException(why == null ? tooLong : why, "08001");
    } catch (Throwable t) { // no memory: a login that hangs must be given up all the same
      return t;
    }
  }
}
