package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.StackEnd;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SureLockTest {
  /** Whoever frees a place would lose it for ever if this failed. */
  @SuppressWarnings("LockNotBeforeTry") // a step of the test each
  @Test
  void noMemoryToWaitInTheQueue_theLockIsHadAllTheSame_andNotBefore() {
    CountDownLatch waits = new CountDownLatch(1);
    AtomicBoolean free = new AtomicBoolean();
    AtomicBoolean early = new AtomicBoolean();
    SureLock lock =
        new SureLock() {
          private static final long serialVersionUID = 1;

          @Override
          void join() {
            if (!tryLock()) {
              waits.countDown();
              throw new OutOfMemoryError("of the test");
            }
          }
        };
    lock.lock();
    CountDownLatch had = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              lock.lock();
              early.set(!free.get());
              lock.unlock();
              had.countDown();
            });
    other.start();
    Await.open(waits);
    free.set(true);
    lock.unlock();
    Await.open(had);
    assertThat(early).isFalse();
  }

  /** Out of a borrower's recursion: the JVM throws when the lock is had, and before the try. */
  @Test
  @SuppressWarnings("LockNotBeforeTry") // nothing between them can fail
  void stackEndsOnTheWayIntoTheLock_itIsNotHeld() {
    SureLock lock = new SureLock();
    AtomicInteger overflows = new AtomicInteger();
    AtomicInteger left = new AtomicInteger();
    StackEnd.reach(
        () -> {
          lock.lock();
          lock.unlock();
        },
        () -> {
          overflows.incrementAndGet();
          while (lock.isHeldByCurrentThread()) {
            left.incrementAndGet();
            lock.unlock();
          }
        });
    assertThat(overflows).hasPositiveValue();
    assertThat(left).hasValue(0);
  }
}
