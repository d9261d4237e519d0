package dev.tidepool.internal.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/** Lets cold-path callers wait until something about the pool has become true. */
public final class Changes {
  private final PoolRuntime runtime;
  private final Queue<Thread> watchers = new ConcurrentLinkedQueue<>();

  /** Nobody waits yet. */
  public Changes(PoolRuntime runtime) {
    this.runtime = runtime;
  }

  /** Has everybody look again. */
  public void announce() {
    for (Thread watcher : watchers) {
      runtime.unpark(watcher);
    }
  }

  /**
   * Waits until the condition holds.
   *
   * @return false if it did not by {@code deadline}
   */
  public boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
    Thread self = Thread.currentThread();
    watchers.add(self);
    try {
      while (!condition.getAsBoolean()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = deadline - runtime.nanoTime();
        if (left <= 0) {
          return false;
        }
        // Not every change is announced: a slot that becomes idle is not, as that is the hot path.
        runtime.park(this, Math.min(left, PoolRuntime.TICK_NANOS));
      }
      return true;
    } finally {
      watchers.remove(self);
    }
  }
}
