package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.config.TidepoolConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Limits LIMITS =
      new Limits(s(45), s(600), s(1800), 0.5, 9, s(30), s(60), 2, 7L);

  private static long s(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

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
  void longestUnseen_isAPause_orHalfOfAShortLimit() {
    assertThat(Limits.longestUnseen(s(10))).isEqualTo(s(1));
    assertThat(Limits.longestUnseen(s(1))).isEqualTo(500_000_000L);
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

  @Test
  void limits_areThoseOfTheConfiguration() {
    TidepoolConfig config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:h2:mem:")
            .keepaliveTime(Duration.ofSeconds(45))
            .idleTimeout(Duration.ofSeconds(600))
            .maxLifetime(Duration.ofSeconds(1800))
            .lifetimeJitter(0.5)
            .maxUses(9)
            .leakDetectionThreshold(Duration.ofSeconds(30))
            .maxBorrowTime(Duration.ofSeconds(60))
            .minimumIdle(2)
            .build();
    assertThat(Limits.of(config)).isEqualTo(LIMITS.lenientSince(null));
  }

  @Test
  void lenience_changesNothingElse() {
    assertThat(LIMITS.lenientSince(8L))
        .isEqualTo(new Limits(s(45), s(600), s(1800), 0.5, 9, s(30), s(60), 2, 8L));
  }

  @Test
  void serversIdleLimit_hasPingsComeAtHalfOfIt_ifThatIsSooner() {
    assertThat(LIMITS.within(Duration.ofSeconds(60)))
        .isEqualTo(new Limits(s(30), s(600), s(1800), 0.5, 9, s(30), s(60), 2, 7L));
    assertThat(LIMITS.within(Duration.ofSeconds(90))).isSameAs(LIMITS);
    assertThat(LIMITS.within(Duration.ofSeconds(90).minusNanos(2)).keepaliveTime())
        .isEqualTo(s(45) - 1);
    assertThat(LIMITS.within(null)).isSameAs(LIMITS);
    Limits off = new Limits(0, 0, 0, 0, 0, 0, 0, 0, null);
    assertThat(off.within(Duration.ofSeconds(1))).as("pings are off").isSameAs(off);
  }

  @Test
  void takingBack_isNotLateForAPause() {
    assertThat(LIMITS.longestPause(true)).isEqualTo(s(5));
    Limits soon = new Limits(0, 0, 0, 0, 0, 0, s(6), 0, null);
    assertThat(soon.longestPause(true)).isEqualTo(s(3));
    assertThat(soon.longestPause(false)).isEqualTo(s(1));
  }

  @Test
  void withoutLimits_nothingShortensTheLives() {
    Limits off = new Limits(0, 0, 0, 0, 0, 0, 0, 0, null);
    assertThat(off.shortensLives(off)).isFalse();
    assertThat(LIMITS.shortensLives(off)).isTrue();
  }
}
