package dev.tidepool.internal.exchange;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is had in the end, also where there is no memory: a thread that has to wait for a
 * {@link ReentrantLock} allocates its place in the queue, and fails if it cannot. Whoever frees a
 * slot or a place must not fail on the way. For sections of a few steps, as who waits without
 * memory looks again and again.
 */
public class SureLock extends ReentrantLock {
  private static final long serialVersionUID = 1;

  /** Nobody wakes who is not in the queue. */
  private static final long RETRY_NANOS = 10_000;

  @Override
  public final void lock() {
    try {
      join();
    } catch (OutOfMemoryError e) { // thrown before it has joined the queue, so it does not hold it
      while (!tryLock()) {
        LockSupport.parkNanos(this, RETRY_NANOS);
      }
    }
  }

  /** As any such lock does it. */
  void join() {
    super.lock();
  }
}
