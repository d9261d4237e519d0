package dev.tidepool.bench.driver;

import java.util.concurrent.locks.LockSupport;

/** Stands for time that is spent elsewhere: waiting for a server, or not asking for anything. */
public final class Pause {
  private Pause() {}

  /** Leaves the processor to others for so long; nothing at all for 0. */
  public static void nanos(long nanos) {
    if (nanos > 0) {
      until(System.nanoTime() + nanos);
    }
  }

  /**
   * Until {@link System#nanoTime()} shows that. Parking may end early, so it is repeated; with the
   * interrupt flag up it does not wait at all, and neither do we.
   */
  public static void until(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(left);
    }
  }
}
