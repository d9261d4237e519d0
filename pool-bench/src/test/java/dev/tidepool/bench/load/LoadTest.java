package dev.tidepool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.Contender;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Effort;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.driver.Pause;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadTest {
  private final Window window = new Window(0, 1_000, 2_000);

  @Test
  void what_starves_until_the_end_is_counted_as_a_wait_but_not_as_done() {
    Taken taken = new Taken(window, 0);
    taken.operation(1_200, 1_300, 9_000);
    assertThat(taken.waits.count()).isEqualTo(1);
    assertThat(taken.done).isZero();
  }

  @Test
  void what_ends_before_the_measurement_or_begins_after_it_is_left_out() {
    Taken taken = new Taken(window, 0);
    taken.operation(0, 0, 999);
    taken.operation(2_000, 2_000, 2_001);
    assertThat(taken.waits.count()).isZero();
  }

  @Test
  void times_fall_into_the_slice_in_which_they_end() {
    Taken taken = new Taken(window, 300);
    taken.operation(900, 900, 1_000);
    taken.operation(1_000, 1_000, 1_950);
    assertThat(taken.slices).extracting(Waits::count).containsExactly(1L, 0L, 0L, 1L);
  }

  @Test
  void a_thread_that_is_held_up_pays_for_what_it_meant_to_do_meanwhile() throws Exception {
    // Two threads mean to use the one connection for 4 ms every 5 ms: one is always late.
    long hold = TimeUnit.MILLISECONDS.toNanos(4);
    Effort effort = new Effort(Duration.ofMillis(50), Duration.ofMillis(300), 1);
    try (PooledSource pool = Contender.TIDEPOOL.open(Terms.of(1))) {
      LoadResult result =
          Load.of(2, ThreadKind.PLATFORM, Duration.ofMillis(5))
              .run(pool.dataSource(), connection -> Pause.nanos(hold), effort);
      assertThat(result.failed()).isZero();
      assertThat(result.figures().get(Figure.THROUGHPUT)).isBetween(1.0, 251.0);
      assertThat(result.waits().micros(99)).isGreaterThan(2 * result.calls().micros(50));
      assertThat(result.waits().micros(99)).isGreaterThan(40_000);
    }
  }
}
