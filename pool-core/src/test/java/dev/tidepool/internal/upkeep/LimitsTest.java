package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.config.TidepoolConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static Duration pause(boolean undisturbed, Duration keepalive, Duration leak) {
    TidepoolConfig config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:h2:mem:")
            .keepaliveTime(keepalive)
            .leakDetectionThreshold(leak)
            .build();
    return Duration.ofNanos(Limits.of(config).longestPause(undisturbed));
  }

  @Test
  void poolInUse_isLookedAtEachSecond_undisturbedOneSeldom() {
    Duration minutes = Duration.ofMinutes(2);
    assertThat(pause(false, minutes, Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause(true, minutes, Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pause(true, Duration.ZERO, Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
  }

  /** A pass sees only then that something has become idle, or was lent. */
  @Test
  void pingsAndLeaks_areNotLateForThat() {
    Duration seconds = Duration.ofSeconds(10);
    assertThat(pause(true, seconds, Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
    assertThat(pause(true, seconds, Duration.ofSeconds(3))).isEqualTo(Duration.ofMillis(1500));
  }
}
