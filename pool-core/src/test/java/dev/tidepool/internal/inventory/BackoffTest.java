package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long NOW = -5_000_000_000L;

  private final Backoff backoff = new Backoff();

  private long failed() {
    backoff.failed(NOW, false);
    return backoff.delay();
  }

  private long refused() {
    backoff.failed(NOW, true);
    return backoff.awaitedDelay();
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }

  @Test
  void withoutFailure_nothingWaits() {
    assertThat(backoff.isOver(NOW, false)).isTrue();
    assertThat(backoff.failures()).isZero();
    assertThat(backoff.succeeded()).isZero();
  }

  @Test
  void pausesDouble_upToFiveSeconds_eachShortenedByUpToHalf() {
    long[] full = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000, 5000, 5000};
    for (long longest : full) {
      assertThat(millis(failed())).isBetween(longest / 2, longest);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(millis(failed())).isBetween(2500L, 5000L);
    }
    assertThat(backoff.failures()).isEqualTo(full.length + 100);
  }

  @Test
  void pausesDiffer() {
    long first = failed();
    boolean differs = false;
    for (int i = 0; i < 100 && !differs; i++) {
      backoff.succeeded();
      differs = failed() != first;
    }
    assertThat(differs).isTrue();
  }

  @Test
  void pauseIsOver_atItsEndAndNotBefore() {
    long delay = failed();
    assertThat(backoff.isOver(NOW + delay - 1, false)).isFalse();
    assertThat(backoff.isOver(NOW + delay, false)).isTrue();
  }

  @Test
  void pauseIsShort_whileSomebodyWaits() {
    for (int i = 0; i < 20; i++) {
      long delay = failed();
      assertThat(backoff.awaitedDelay()).isLessThanOrEqualTo(delay);
    }
    assertThat(millis(backoff.awaitedDelay())).isBetween(400L, 800L);
    assertThat(backoff.isOver(NOW + backoff.awaitedDelay() - 1, true)).isFalse();
    assertThat(backoff.isOver(NOW + backoff.awaitedDelay(), true)).isTrue();
    assertThat(backoff.isOver(NOW + backoff.awaitedDelay(), false)).isFalse();
  }

  /** Sixteen borrowers had a wrong password tried twice a second, which locks accounts. */
  @Test
  void refusedLogin_pausesLong_evenIfSomebodyWaits() {
    long[] full = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};
    for (long longest : full) {
      assertThat(millis(refused())).isBetween(longest / 2, longest);
      assertThat(backoff.delay()).isEqualTo(backoff.awaitedDelay());
    }
    assertThat(backoff.left(NOW, true)).isEqualTo(backoff.delay());
    assertThat(backoff.isOver(NOW + backoff.delay() - 1, true)).isFalse();
    assertThat(backoff.isOver(NOW + backoff.delay(), true)).isTrue();
    failed();
    assertThat(millis(backoff.awaitedDelay())).as("another failure").isBetween(50L, 100L);
  }

  /** A proxy that does not know its users yet, as one does when it has just come up. */
  @Test
  void firstRefusalAfterAnOutage_pausesShort() {
    for (int i = 0; i < 20; i++) {
      failed();
    }
    assertThat(millis(refused())).isLessThanOrEqualTo(100);
    assertThat(backoff.failures()).isEqualTo(21);
  }

  @Test
  void forgottenRefusal_isNoPause_andTheNextPauseIsShort() {
    for (int i = 0; i < 8; i++) {
      refused();
    }
    backoff.forgetRefusal();
    assertThat(backoff.isOver(NOW, true)).isTrue();
    assertThat(backoff.isOver(NOW, false)).isTrue();
    assertThat(backoff.failures()).as("the row goes on").isEqualTo(8);
    assertThat(millis(refused())).isLessThanOrEqualTo(100);
  }

  @Test
  void otherFailure_isNotForgottenAsARefusal() {
    refused();
    failed();
    backoff.forgetRefusal();
    assertThat(backoff.isOver(NOW, true)).isFalse();
  }

  @Test
  void refusalsBeforeAnotherFailure_areForgottenAllTheSame() {
    for (int i = 0; i < 8; i++) {
      refused();
    }
    failed();
    backoff.forgetRefusal();
    assertThat(millis(refused())).isLessThanOrEqualTo(100);
  }

  @Test
  void success_beginsAnew() {
    for (int i = 0; i < 8; i++) {
      backoff.failed(NOW, false);
    }
    assertThat(backoff.succeeded()).isEqualTo(8);
    assertThat(backoff.isOver(NOW, false)).isTrue();
    assertThat(millis(failed())).isLessThanOrEqualTo(100);
  }

  @Test
  void sessionsThatComeToNothing_makeLoginsNoSuccess_untilThatIsLongAgo() {
    assertThat(backoff.isLater(NOW)).isTrue();
    assertThat(backoff.isEndedByLogin(NOW)).isTrue();
    backoff.cameToNothing(NOW);
    assertThat(backoff.failures()).isEqualTo(1);
    assertThat(backoff.isEndedByLogin(NOW + 4_999_999_999L)).isFalse();
    assertThat(backoff.isEndedByLogin(NOW + 5_000_000_000L)).isTrue();
    long pause = backoff.awaitedDelay();
    assertThat(backoff.isLater(NOW + pause - 1)).as("begun beside it").isFalse();
    assertThat(backoff.isLater(NOW + pause)).isTrue();
    assertThat(backoff.succeeded()).isEqualTo(1);
    assertThat(backoff.isEndedByLogin(NOW)).isTrue();
  }
}
