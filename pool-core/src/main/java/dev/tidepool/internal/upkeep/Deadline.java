package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.runtime.PoolRuntime;

/**
 * The time that an answer may take, counted so that nothing follows from a standstill of the whole
 * process, as in a long collection of garbage or a suspended machine: the answer may come meanwhile
 * and nobody reads it. Whatever happened before, its reader has the last part of the time to
 * itself; that part is given again whenever it ends clearly too late, but not without end, as the
 * timers of a machine with far too little time for this process may all be late.
 */
final class Deadline {
  /** A timer that rings so much too late did not merely wait for a processor. */
  private static final long STANDSTILL_NANOS = 50_000_000L;

  private static final int MOST_STANDSTILLS = 20;

  private final PoolRuntime runtime;
  private final long lastPart;
  private final Runnable onStandstill;
  private final Runnable expire;
  private int standstills;
  private volatile boolean over;
  private volatile PoolRuntime.Timer timer;

  private Deadline(PoolRuntime runtime, long lastPart, Runnable onStandstill, Runnable expire) {
    this.runtime = runtime;
    this.lastPart = lastPart;
    this.onStandstill = onStandstill;
    this.expire = expire;
    this.timer = () -> {};
  }

  /**
   * Runs {@code expire} on the timer thread after {@code total} nanoseconds, or later.
   *
   * @param lastPart the part that is given again; of the whole, at most
   * @param onStandstill run when it is
   */
  static Deadline start(
      PoolRuntime runtime, long total, long lastPart, Runnable onStandstill, Runnable expire) {
    Deadline deadline = new Deadline(runtime, lastPart, onStandstill, expire);
    if (total > lastPart) {
      deadline.timer = runtime.schedule(deadline::goOn, total - lastPart);
    } else {
      deadline.startLastPart();
    }
    return deadline;
  }

  /** Where there is no memory for another timer, the time is over: nobody else would end it. */
  private void goOn() {
    boolean set = false;
    try {
      startLastPart();
      set = true;
    } finally {
      if (!set) {
        expire.run();
      }
    }
  }

  private void startLastPart() {
    if (!over) {
      long due = runtime.nanoTime() + lastPart;
      timer = runtime.schedule(() -> ring(due), lastPart);
    }
  }

  private void ring(long due) {
    if (over) {
      return;
    }
    if (runtime.nanoTime() - due >= STANDSTILL_NANOS && standstills < MOST_STANDSTILLS) {
      standstills++; // on the timer thread alone
      onStandstill.run();
      goOn();
    } else {
      expire.run();
    }
  }

  /** The answer is there. */
  void cancel() {
    over = true;
    timer.cancel();
  }
}
