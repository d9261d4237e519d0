package dev.tidepool.internal.runtime;

import dev.tidepool.net.Watchable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The one seam for time, threads and waiting. Everything a pool does later, elsewhere or after a
 * while goes through here, so that tests can replace all of it.
 */
public abstract class PoolRuntime {
  /** How far the coarse clock may lag behind. */
  public static final long TICK_NANOS = 50_000_000L;

  private volatile long coarse;
  private final AtomicLong suspended = new AtomicLong();

  /** A runtime whose coarse clock starts at {@code now}. */
  protected PoolRuntime(long now) {
    coarse = now;
  }

  /** Monotonic time to within {@link #TICK_NANOS}, for the price of reading a field. */
  public final long coarseNanos() {
    return coarse;
  }

  /** Moves the coarse clock; by one thread only, so that it never goes back. */
  protected final void tick(long now) {
    coarse = now;
  }

  /**
   * For how many nanoseconds the machine was suspended, all together, as far as that was noticed;
   * time that the clocks here leave out. Repeated tasks run when it has grown.
   */
  public final long suspendedNanos() {
    return suspended.get();
  }

  /** Notes that the machine was suspended; by any thread. */
  protected final void suspended(long nanos) {
    suspended.addAndGet(nanos);
  }

  /** Exact monotonic time. */
  public abstract long nanoTime();

  /**
   * Runs a task that may block, such as a driver call, on a worker thread. A task that never
   * returns keeps its thread and delays no other.
   */
  public abstract void execute(Runnable task);

  /** Runs a task that never blocks after a delay, on the timer thread. */
  public abstract Timer schedule(Runnable task, long delayNanos);

  /**
   * Runs a task that never blocks again and again, on the timer thread, on the first tick after the
   * pause in nanoseconds that it returned the time before; first on the next tick. What it throws
   * does not end it, nor does want of memory.
   */
  public abstract Repeated repeat(LongSupplier task);

  /**
   * Runs a task that never blocks, on the watching thread, when something arrives on a socket: once
   * per call, and not at all if the socket is closed first. Of several calls the newest counts.
   * Does not block.
   *
   * @return false if nothing can be watched at present; worth another try later
   */
  public abstract boolean watch(Watchable socket, Runnable onNews);

  /** Sockets will be watched: what that takes may be made ready. Does not block. */
  public void prepareWatch() {}

  /** Parks the calling thread for at most {@code nanos}; may return early. */
  public abstract void park(Object blocker, long nanos);

  /** Lets a parked thread, or its next park, return. */
  public abstract void unpark(Thread thread);

  /** Gives this runtime back; its threads end with its last user. */
  public abstract void release();

  /** A scheduled task that can be called off. */
  @FunctionalInterface
  public interface Timer {
    /** Calls the task off; without effect once it has begun. */
    void cancel();
  }

  /** A repeated task. */
  public interface Repeated extends Timer {
    /** Has its next time come no later than after such a pause; by any thread, does not block. */
    void within(long nanos);
  }
}
