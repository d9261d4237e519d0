package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolListener;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.Program;
import dev.tidepool.testing.RecordingListener;
import dev.tidepool.testing.SimulatedRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventQueueTest {
  private final SimulatedRuntime runtime = new SimulatedRuntime(new Random(1)).useThreads();
  private final EventQueue queue = new EventQueue("events", runtime);
  private final RecordingListener listener = new RecordingListener();

  private void publish(int millis) {
    queue.publish(l -> l.acquireTimedOut(Duration.ofMillis(millis)));
  }

  private static List<String> expected(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "timed out after " + i + " ms").toList();
  }

  @Test
  void events_arriveInOrder_andNotOnTheCallersThread() {
    List<Thread> threads = new ArrayList<>();
    queue.add(listener);
    queue.add(
        new PoolListener() {
          @Override
          public void acquireTimedOut(Duration waited) {
            threads.add(Thread.currentThread());
          }
        });
    for (int i = 0; i < 500; i++) {
      publish(i);
    }
    assertThat(listener.lines()).isEmpty();
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 500));
    assertThat(threads).hasSize(500).doesNotContain(Thread.currentThread());
    assertThat(queue.dropped()).isZero();
  }

  @Test
  void queuedUnderALock_startsNothing_andKeepsItsTurn() {
    queue.add(listener);
    queue.queue(l -> l.acquireTimedOut(Duration.ofMillis(0)));
    runtime.runTasks();
    assertThat(listener.lines()).isEmpty();
    publish(1);
    queue.deliverQueued();
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 2));
  }

  @Test
  void whatAListenerThrows_isLoggedOnceInAWhile_andReachesNobody() {
    queue.add(
        new PoolListener() {
          @Override
          public void acquireTimedOut(Duration waited) {
            throw new NoSuchMethodError("of a listener");
          }

          @Override
          public String toString() {
            return "the bad listener";
          }
        });
    queue.add(listener);
    try (LogCapture log = new LogCapture(EventQueue.class)) {
      publish(0);
      publish(1);
      runtime.runTasks();
      assertThat(log.count("events: a listener failed: the bad listener")).isEqualTo(1);
      runtime.advance(Duration.ofNanos(Reminder.PAUSE_NANOS));
      publish(2);
      runtime.runTasks();
      assertThat(log.count("events: a listener failed: the bad listener")).isEqualTo(2);
      assertThat(log.text()).contains("of a listener");
    }
    assertThat(listener.lines()).isEqualTo(expected(0, 3));
    assertThat(runtime.failures()).isEmpty();
  }

  @Test
  void slowListener_dropsTheNewest_andTheyAreCounted() {
    SimulatedRuntime.Hang hang = runtime.hang();
    queue.add(
        new PoolListener() {
          @Override
          public void acquireTimedOut(Duration waited) {
            hang.run();
          }
        });
    queue.add(listener);
    publish(0);
    runtime.runTasks();
    for (int i = 1; i <= 1024 + 7; i++) {
      publish(i);
    }
    assertThat(queue.dropped()).isEqualTo(7);
    runtime.runTasks();
    assertThat(hang.inside()).as("one at a time").isEqualTo(1);
    assertThat(listener.lines()).isEmpty();
    hang.end();
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 1025));
    publish(5000);
    runtime.runTasks();
    assertThat(listener.lines()).hasSize(1026);
    assertThat(queue.dropped()).isEqualTo(7);
  }

  @Test
  void withoutListeners_nothingIsQueued() {
    for (int i = 0; i < 2000; i++) {
      publish(i);
    }
    assertThat(queue.dropped()).isZero();
    queue.add(listener);
    publish(3);
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(3, 4));
  }

  @Test
  void removedListener_hearsNothingMore() {
    queue.add(listener);
    RecordingListener stays = new RecordingListener();
    queue.add(stays);
    publish(0);
    runtime.runTasks();
    queue.remove(listener);
    queue.remove(new RecordingListener());
    publish(1);
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 1));
    assertThat(stays.lines()).isEqualTo(expected(0, 2));
  }

  @Test
  void eventOfAListener_comesAfterThoseBeforeIt() {
    queue.add(
        new PoolListener() {
          @Override
          public void acquireTimedOut(Duration waited) {
            if (waited.toMillis() == 0) {
              publish(2);
            }
          }
        });
    queue.add(listener);
    publish(0);
    publish(1);
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 3));
  }

  @Test
  void noMemoryForADelivery_theNextEventTriesAgain() {
    queue.add(listener);
    Error error = new InternalError("no memory, of the test");
    runtime.failNextTask(error);
    assertThatThrownBy(() -> publish(0)).isSameAs(error);
    publish(1);
    runtime.runTasks();
    assertThat(listener.lines()).isEqualTo(expected(0, 2));
  }

  @Test
  void defaultListener_doesNothing() {
    PoolListener silent = new PoolListener() {};
    queue.add(silent);
    publish(1);
    queue.publish(l -> l.connectFailed(new Exception("x"), Duration.ZERO));
    runtime.runTasks();
    assertThat(runtime.failures()).isEmpty();
  }

  /** Out of a borrower's recursion: the queues of the JDK stay locked then. */
  @Test
  void stackEndsWhereAnEventIsPublished_laterOnesArrive(@TempDir Path dir) throws Exception {
    assertThat(Program.run(dir, List.of("-Xint"), StackEndProgram.class, "events"))
        .contains("it goes on");
  }
}
