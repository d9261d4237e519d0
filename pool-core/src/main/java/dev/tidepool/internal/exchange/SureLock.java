package dev.tidepool.internal.exchange;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is had in the end, also where there is no memory: a thread that has to wait for a
 * {@link ReentrantLock} allocates its place in the queue, and fails if it cannot. Whoever frees a
 * slot or a place must not fail on the way. For sections of a few steps, as who waits without
 * memory looks again and again.
 *
 * <p>And whoever does not get it, as the stack has ended, does not hold it. HotSpot runs the inner
 * part of {@link ReentrantLock#lock} to its end on pages kept in reserve and throws afterwards: the
 * lock is held then, and as it was thrown before the caller's try, for ever.
 */
public class SureLock extends ReentrantLock {
  private static final long serialVersionUID = 1;

  /** Nobody wakes who is not in the queue. */
  private static final long RETRY_NANOS = 10_000;

  @Override
  public final void lock() {
    StackRoom.ensure(StackRoom.FOR_LOCK); // or unlock() may overflow in its turn
    int held = getHoldCount();
    try {
      join();
    } catch (OutOfMemoryError e) { // thrown before it has joined the queue, so it does not hold it
      while (!tryLock()) {
        LockSupport.parkNanos(this, RETRY_NANOS);
      }
    } catch (StackOverflowError e) {
      while (getHoldCount() > held) {
        unlock();
      }
      throw e;
    }
  }

  /** As any such lock does it. */
  void join() {
    super.lock();
  }
}
