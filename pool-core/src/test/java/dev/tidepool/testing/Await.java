package dev.tidepool.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do, with a bound that only a broken test meets. */
public final class Await {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  /** Until the condition holds. */
  public static void until(String what, BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > BOUND_NANOS) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Lets time pass: for faults that are made of silence, and only for those. */
  public static void quiet(Duration silence) {
    long begun = System.nanoTime();
    until("silence", () -> System.nanoTime() - begun >= silence.toNanos());
  }

  /** Until the latch is open. */
  public static void open(CountDownLatch latch) {
    try {
      if (!latch.await(BOUND_NANOS, TimeUnit.NANOSECONDS)) {
        throw new AssertionError("waited in vain for " + latch);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Until the latch is open, as a driver waits that heeds no interrupt. */
  public static void openUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        open(latch);
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof InterruptedException)) {
          throw e;
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until the thread has ended. */
  public static void end(Thread thread) {
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(BOUND_NANOS));
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    if (thread.isAlive()) {
      throw new AssertionError(thread + " is still running");
    }
  }
}
