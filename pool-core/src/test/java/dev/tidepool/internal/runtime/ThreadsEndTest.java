package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadsEndTest {
  /** Tomcat looks for threads right after it closed the pool, and found those about to end. */
  @Test
  void release_returnsWhenTheThreadsAreGone() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      List<Thread> threads = new CopyOnWriteArrayList<>();
      ThreadedRuntime runtime =
          ThreadedRuntime.own(
              task -> {
                Thread thread = new Thread(task);
                threads.add(thread);
                return thread;
              });
      CountDownLatch ran = new CountDownLatch(2);
      runtime.execute(ran::countDown);
      runtime.execute(ran::countDown);
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
      runtime.release();
      assertThat(threads).hasSizeGreaterThan(1).noneMatch(Thread::isAlive);
    }
  }

  @Test
  void release_doesNotWaitForAThreadThatHangs() throws InterruptedException {
    ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new);
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    BlockingQueue<Thread> threads = new ArrayBlockingQueue<>(1);
    runtime.execute(
        () -> {
          threads.add(Thread.currentThread());
          hanging.countDown();
          awaitUninterruptibly(end);
        });
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
    Thread releasing = new Thread(runtime::release);
    releasing.start();
    Await.end(releasing);
    Thread thread = threads.remove();
    assertThat(thread.isAlive()).isTrue();
    end.countDown();
    thread.join(10_000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void release_fromAThreadOfItsOwn_doesNotWaitForItself() throws InterruptedException {
    ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new);
    CountDownLatch released = new CountDownLatch(1);
    runtime.execute(
        () -> {
          runtime.release();
          released.countDown();
        });
    assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void release_whenInterrupted_passesTheInterruptOn() {
    ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new);
    Thread.currentThread().interrupt();
    runtime.release();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // Hangs on, as a driver that swallows interrupts does.
        done = false;
      }
    }
  }
}
