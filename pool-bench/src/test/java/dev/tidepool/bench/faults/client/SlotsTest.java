package dev.tidepool.bench.faults.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.Contender;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotsTest {
  @Test
  void what_cannot_be_held_at_the_same_time_is_lost() throws Exception {
    Terms impatient = Terms.of(3).waiting(Duration.ofMillis(250));
    try (PooledSource pool = Contender.TIDEPOOL.open(impatient)) {
      assertThat(Slots.lost(pool.dataSource(), 3, 30_000)).isZero();
      try (Connection held = pool.dataSource().getConnection()) {
        assertThat(held.isValid(1)).isTrue();
        assertThat(Slots.lost(pool.dataSource(), 3, 500)).isEqualTo(1);
      }
      assertThat(Slots.lost(pool.dataSource(), 3, 30_000)).isZero();
    }
  }
}
