package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PathLimitTest {
  private final PathLimit path = new PathLimit();
  private long now = -3_000_000_000_000L;

  private static long seconds(double seconds) {
    return (long) (seconds * 1e9);
  }

  private void died(double... silences) {
    for (double silence : silences) {
      path.died(seconds(silence), now);
    }
  }

  private @Nullable Duration later() {
    now += seconds(60);
    return path.settle(now) ? path.limit() : null;
  }

  @Test
  void threeDeaths_makeALimit_theShortestSilence() {
    died(12);
    assertThat(later()).isNull();
    died(10);
    assertThat(later()).isNull();
    died(11);
    assertThat(later()).isEqualTo(Duration.ofSeconds(10));
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
    assertThat(later()).as("said once").isNull();
  }

  @Test
  void deathsAtOnce_areOneObservation() {
    died(10, 10, 10, 10, 10);
    assertThat(later()).isNull();
    died(10, 12);
    assertThat(later()).isNull();
    assertThat(path.limit()).isNull();
  }

  @Test
  void aSurvivorOfALongerSilence_clearsThePath() {
    died(10);
    later();
    died(10);
    later();
    path.survived(seconds(9), now);
    path.survived(seconds(10), now);
    died(10);
    assertThat(later()).isNull();
    died(10);
    later();
    died(10);
    assertThat(later()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aSurvivorAmongTheDead_meansThatAgeIsNotTheReason() {
    for (int i = 0; i < 10; i++) {
      died(5, 20);
      path.survived(seconds(15), now);
      assertThat(later()).isNull();
    }
  }

  @Test
  void survivorsOfShorterSilences_sayNothing() {
    for (int i = 0; i < 3; i++) {
      path.survived(seconds(9.9), now);
      died(10);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void whatDiesWithAFailedConnect_orWithinASecondOfIt_isNotCounted() {
    for (int i = 0; i < 5; i++) {
      died(10);
      path.disturbed(now);
      now += seconds(0.9);
      died(10);
      assertThat(later()).isNull();
    }
  }

  @Test
  void shortSilences_areNoIdleTimersWork() {
    for (int i = 0; i < 5; i++) {
      died(0.9);
      later();
    }
    assertThat(path.limit()).isNull();
  }

  @Test
  void afterAnHour_whatWasLearnedMustShowItselfAgain() {
    for (int i = 0; i < 3; i++) {
      died(10);
      later();
    }
    now += seconds(3_500);
    path.settle(now);
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
    now += seconds(200);
    path.settle(now);
    assertThat(path.limit()).isNull();
    died(10);
    assertThat(later()).isNull();
  }

  @Test
  void deathsGoOnAtTheLimit_itIsNotForgotten() {
    for (int i = 0; i < 3; i++) {
      died(600);
      later();
    }
    for (int i = 0; i < 10; i++) {
      now += seconds(600);
      died(600);
      assertThat(later()).isNull();
      assertThat(path.limit()).isEqualTo(Duration.ofSeconds(600));
    }
    now += seconds(3_700);
    assertThat(path.settle(now)).isTrue();
    assertThat(path.limit()).isNull();
  }

  @Test
  void deathsGoOn_theLimitFalls_andNeverRises() {
    for (int i = 0; i < 3; i++) {
      died(40);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(40));
    died(50);
    assertThat(later()).isNull();
    died(20);
    assertThat(later()).isEqualTo(Duration.ofSeconds(20));
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(20));
  }

  private void learn(double silence) {
    for (int i = 0; i < 3; i++) {
      died(silence);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds((long) silence));
  }

  private void survivedLater(double silence) {
    now += seconds(60);
    path.survived(seconds(silence), now);
  }

  // ---- outlived

  @Test
  void clearlyLongerSilencesSurvived_twice_dropTheLimit_andALongerOneCanBeLearned() {
    learn(10);
    survivedLater(12);
    assertThat(path.settle(now)).isFalse();
    survivedLater(12);
    assertThat(path.limit()).isNull();
    assertThat(path.settle(now)).as("news").isTrue();
    assertThat(path.settle(now)).as("said once").isFalse();
    learn(40);
  }

  @Test
  void slightlyLongerSilencesSurvived_sayNothing() {
    learn(10);
    for (int i = 0; i < 10; i++) {
      survivedLater(11.9);
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void manySurvivorsAtOnce_areOneObservation() {
    learn(10);
    for (int i = 0; i < 10; i++) {
      path.survived(seconds(30), now);
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
    survivedLater(30);
    assertThat(path.limit()).isNull();
  }

  @Test
  void survivorsBeforeItWasLearned_orWithADeathInBetween_doNotCount() {
    path.survived(seconds(30), now);
    learn(10);
    survivedLater(30);
    died(10);
    later();
    survivedLater(30);
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(10));
  }

  // ---- the end of a generation

  @Test
  void lastHeardOfBeforeAFailedConnect_andFoundSecondsLater_isNotCounted() {
    for (int i = 0; i < 5; i++) {
      path.disturbed(now);
      now += seconds(6);
      died(10);
      assertThat(later()).isNull();
    }
    assertThat(path.limit()).isNull();
  }

  @Test
  void heardOfSinceTheFailedConnect_isCounted() {
    for (int i = 0; i < 3; i++) {
      path.disturbed(now);
      now += seconds(6);
      died(5);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void generationWhoseDeadSpokeJustBefore_teachesNothing() {
    for (int i = 0; i < 5; i++) {
      died(10);
      path.generationEnded(seconds(0.2), now, now);
      now += seconds(3);
      died(12);
      assertThat(later()).isNull();
    }
    assertThat(path.limit()).isNull();
  }

  @Test
  void generationOfSilentOnes_isOneObservation_howeverLateTheOthersAreFound() {
    died(10);
    now += seconds(1.1);
    path.generationEnded(seconds(11.1), now, now);
    now += seconds(3);
    died(14);
    now += seconds(3);
    died(17);
    assertThat(later()).isNull();
    for (int i = 0; i < 2; i++) {
      assertThat(path.limit()).isNull();
      path.generationEnded(seconds(10), now, now);
      later();
    }
    assertThat(path.limit()).as("an idle timer may end all at once").isNotNull();
  }

  @Test
  void generationFoundOneByOne_addsNothing() {
    for (int i = 0; i < 5; i++) {
      path.generationEnded(PathLimit.NOBODY, now, now);
      assertThat(later()).isNull();
    }
    died(10);
    assertThat(later()).isNull();
  }

  // ---- to the nanosecond

  @Test
  void deathsASecondApart_areObservationsOfTheirOwn() {
    for (int i = 0; i < 3; i++) {
      died(10);
      now += seconds(1);
    }
    assertThat(later()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void shortestSilenceThatCounts_isASecond() {
    learn(1);
  }

  @Test
  void generationsWhoseLastSpokeASecondAgo_areObservations() {
    for (int i = 0; i < 2; i++) {
      path.generationEnded(seconds(1), now, now);
      assertThat(later()).isNull();
    }
    path.generationEnded(seconds(1), now, now);
    assertThat(later()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void survivorOfTheSameSilence_takesTheDeathBack() {
    died(10);
    path.survived(seconds(10), now);
    later();
    for (int i = 0; i < 2; i++) {
      died(10);
      later();
    }
    assertThat(path.limit()).isNull();
  }

  @Test
  void survivorsASecondApart_areTwoObservations() {
    learn(10);
    path.survived(seconds(30), now);
    now += seconds(1);
    path.survived(seconds(30), now);
    assertThat(path.limit()).isNull();
  }

  @Test
  void limit_isForgottenAfterAnHour_notBefore() {
    learn(10);
    now += seconds(3_600) - 1;
    path.settle(now);
    assertThat(path.limit()).isNotNull();
    now++;
    path.settle(now);
    assertThat(path.limit()).isNull();
  }

  @Test
  void tenSecondsAfterAFailedConnect_deathsCountAgain() {
    for (int i = 0; i < 3; i++) {
      path.disturbed(now);
      now += seconds(10);
      died(11);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(11));
  }

  @Test
  void heardOfAtTheMomentOfTheFailedConnect_isCounted() {
    for (int i = 0; i < 3; i++) {
      path.disturbed(now);
      now += seconds(6);
      died(6);
      later();
    }
    assertThat(path.limit()).isEqualTo(Duration.ofSeconds(6));
  }
}
