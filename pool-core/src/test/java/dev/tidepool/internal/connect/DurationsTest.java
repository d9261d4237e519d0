package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {
  @Test
  void noTime_neverBecomesNoLimit() {
    for (Duration time : new Duration[] {Duration.ZERO, Duration.ofNanos(1)}) {
      assertThat(Durations.wholeSeconds(time)).isEqualTo(1);
      assertThat(Durations.millis(time)).isEqualTo(1);
    }
  }

  @Test
  void moreThanADriverCanBeTold_isTheMost() {
    Duration time = Duration.ofSeconds(Long.MAX_VALUE);
    assertThat(Durations.wholeSeconds(time)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Durations.millis(time)).isEqualTo(Integer.MAX_VALUE);
  }
}
