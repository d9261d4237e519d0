package dev.tidepool.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.bench.faults.rig.RigException;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final List<Integer> JOBS = IntStream.range(0, 6).boxed().toList();

  private final Queue<Integer> done = new ConcurrentLinkedQueue<>();

  @Test
  void one_lane_does_all_in_their_order() throws Exception {
    Lanes.run(List.of("a"), JOBS, (place, job) -> done.add(job));
    assertThat(done).containsExactlyElementsOf(JOBS);
  }

  @Test
  void lanes_work_at_the_same_time_each_in_a_place_of_its_own() throws Exception {
    Queue<String> places = new ConcurrentLinkedQueue<>();
    CyclicBarrier both = new CyclicBarrier(2);
    Lanes.run(
        List.of("a", "b"),
        List.of(1, 2),
        (place, job) -> {
          meet(both);
          places.add(place);
          done.add(job);
        });
    assertThat(places).containsExactlyInAnyOrder("a", "b");
    assertThat(done).containsExactlyInAnyOrder(1, 2);
  }

  private static void meet(CyclicBarrier others) throws IOException {
    try {
      others.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException("nobody else came", e);
    }
  }

  @Test
  void after_a_failure_no_other_job_begins() {
    assertThatThrownBy(
            () ->
                Lanes.run(
                    List.of("a"),
                    JOBS,
                    (place, job) -> {
                      if (job == 2) {
                        throw new IOException("disk full");
                      }
                      done.add(job);
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    assertThat(done).containsExactly(0, 1);
  }

  @Test
  void a_failure_is_told_once_the_other_lanes_have_ended() {
    CyclicBarrier both = new CyclicBarrier(2);
    CountDownLatch failing = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Lanes.run(
                    List.of("a", "b"),
                    List.of(0, 1),
                    (place, job) -> {
                      meet(both);
                      if (job == 0) {
                        failing.countDown();
                        throw new IllegalStateException("no room");
                      }
                      await(failing);
                      done.add(job);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no room");
    assertThat(done).containsExactly(1);
  }

  @Test
  void an_interrupt_ends_the_lanes_before_it_is_reported() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean unwound = new AtomicBoolean();
    AtomicBoolean reported = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              try {
                Lanes.run(List.of("a"), JOBS, (place, job) -> waitForEver(begun, unwound));
              } catch (RigException | IOException e) {
                reported.set(unwound.get() && Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    await(begun);
    caller.interrupt();
    caller.join(30_000);
    assertThat(reported).isTrue();
  }

  /** Until it is interrupted. */
  private static void waitForEver(CountDownLatch begun, AtomicBoolean unwound) throws IOException {
    begun.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      unwound.set(true);
      throw new IOException("interrupted", e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
