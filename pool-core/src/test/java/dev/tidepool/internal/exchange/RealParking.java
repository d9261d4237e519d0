package dev.tidepool.internal.exchange;

import java.util.concurrent.locks.LockSupport;

/** Time and sleep as they are. */
final class RealParking implements Parking {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.parkNanos(blocker, nanos);
  }

  @Override
  public void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }
}
