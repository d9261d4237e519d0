package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What only threads that meet can show, in many rounds. */
class EventQueueRacesTest {
  private static final int ROUNDS = 30_000;

  private final AtomicInteger heard = new AtomicInteger();

  /** Each is published while the delivery of the one before it is about to end. */
  @Test
  void loneEvent_isDelivered_withoutAnotherAfterIt() {
    ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new);
    EventQueue queue = new EventQueue("races", runtime);
    queue.add(
        new PoolListener() {
          @Override
          public void acquireTimedOut(Duration waited) {
            heard.incrementAndGet();
          }
        });
    try {
      int round = 0;
      do {
        queue.publish(l -> l.acquireTimedOut(Duration.ZERO));
        round++;
      } while (isHeard(round) && round < ROUNDS);
      assertThat(heard).hasValue(ROUNDS);
    } finally {
      runtime.release();
    }
  }

  /** Spins: whoever sleeps, or asserts, comes too late with the next one to meet the delivery. */
  private boolean isHeard(int number) {
    long begun = System.nanoTime();
    while (heard.get() < number) {
      if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(20)) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }
}
