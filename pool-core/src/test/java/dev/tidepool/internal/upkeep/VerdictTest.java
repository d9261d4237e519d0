package dev.tidepool.internal.upkeep;

import static dev.tidepool.internal.upkeep.Verdict.Action.EXPIRE;
import static dev.tidepool.internal.upkeep.Verdict.Action.KEEP;
import static dev.tidepool.internal.upkeep.Verdict.Action.PING;
import static dev.tidepool.internal.upkeep.Verdict.Action.REPLACE;
import static dev.tidepool.internal.upkeep.Verdict.Action.TRIM;
import static dev.tidepool.internal.upkeep.Verdict.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.exchange.SlotState;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The verdict on one connection, as tables. Times are in seconds; the connection of a row was
 * opened at 0 and, unless the row says otherwise, has been quiet and idle since.
 *
 * <p>Limits: ping after 45, idle 600, life 1800, leak after 30, 100 uses; a replacement is due 5
 * before the end.
 */
class VerdictTest {
  private static final Limits LIMITS =
      new Limits(s(45), s(600), s(1800), 0.25, 100, s(30), 0, 2, null);
  private static final Limits OFF = new Limits(0, 0, 0, 0.25, 0, 0, 0, 2, null);

  /** The clock may be anywhere, also just below its overflow. */
  private static final long[] ORIGINS = {0, s(1_000_000), -s(1_000_000), Long.MAX_VALUE - s(700)};

  private static long s(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  private static void expect(
      Look relative, Limits limits, double now, Verdict.Action action, long dueIn) {
    for (long origin : ORIGINS) {
      Look look =
          new Look(
              relative.state(),
              origin + relative.openedAt(),
              relative.lifetimeSpread(),
              origin + relative.lastTraffic(),
              relative.pingSpread(),
              origin + relative.idleSince(),
              origin + relative.borrowedAt(),
              relative.uses(),
              relative.leakReported());
      assertThat(Verdict.of(look, limits, origin + s(now)))
          .as("with the clock's origin at %s", origin)
          .isEqualTo(new Verdict(action, dueIn));
    }
  }

  @DisplayName("idle")
  @ParameterizedTest(name = "at {0} s, traffic {1}, idle since {2}, uses {3}: {4}, due in {5} s")
  @CsvSource({
    // now, lastTraffic, idleSince, uses, action, due in
    "0, 0, 0, 0, KEEP, 45",
    "44, 0, 0, 0, KEEP, 1",
    "44.999, 0, 0, 0, KEEP, 0.001",
    "45, 0, 0, 0, PING, -1",
    "300, 0, 0, 0, PING, -1",
    // Traffic puts the ping off.
    "300, 290, 0, 0, KEEP, 35",
    // Unused for long: trim, and the ping goes on, as it may have to stay.
    "599, 598, 0, 0, KEEP, 1",
    "600, 598, 0, 0, TRIM, 43",
    "700, 600, 0, 0, TRIM, -55",
    // A ping is no use: it does not reset idleSince.
    "610, 609, 0, 0, TRIM, 44",
    // Near the end of its life a replacement comes first, at the end it goes, whatever else is due.
    "1794, 1793, 1793, 0, KEEP, 1",
    "1795, 1793, 1793, 0, REPLACE, 5",
    "1799, 0, 0, 0, REPLACE, 1",
    "1800, 1799, 1799, 0, EXPIRE, -1",
    "9999, 0, 0, 0, EXPIRE, -1",
    // Uses are exact.
    "10, 0, 0, 99, KEEP, 35",
    "10, 0, 0, 100, WEAR_OUT, -1",
    "1900, 0, 0, 101, WEAR_OUT, -1",
  })
  void idle(
      double now, double traffic, double idleSince, long uses, Verdict.Action action, double due) {
    Look look = new Look(SlotState.IDLE, 0, 0, s(traffic), 0, s(idleSince), 0, uses, false);
    boolean never = due == -1 && action != TRIM;
    expect(look, LIMITS, now, action, never ? NEVER : s(due));
  }

  @DisplayName("lent")
  @ParameterizedTest(name = "{0} at {1} s, borrowed at {2}, reported {3}: {4}, due in {5} s")
  @CsvSource({
    "IN_USE, 0, 0, false, KEEP, 30",
    "IN_USE, 29, 0, false, KEEP, 1",
    "IN_USE, 30, 0, false, REPORT_LEAK, -1",
    "IN_USE, 31, 0, true, KEEP, 1769",
    "IN_USE, 1790, 1789, false, KEEP, 10",
    // Never pinged and never trimmed, however long.
    "IN_USE, 1700, 0, true, KEEP, 100",
    "IN_USE, 1800, 1799, false, EXPIRE, -1",
    // A leak is reported even beyond the lifetime, once; the end of life comes with the next look.
    "IN_USE, 1800, 0, false, REPORT_LEAK, -1",
    "IN_USE, 1800, 0, true, EXPIRE, -1",
    "DOOMED, 10, 0, false, KEEP, 20",
    "DOOMED, 30, 0, false, REPORT_LEAK, -1",
    "DOOMED, 1800, 0, true, KEEP, -1",
  })
  void lent(
      SlotState state,
      double now,
      double borrowedAt,
      boolean reported,
      Verdict.Action action,
      double due) {
    Look look = new Look(state, 0, 0, 0, 0, 0, s(borrowedAt), 200, reported);
    expect(look, LIMITS, now, action, due == -1 ? NEVER : s(due));
  }

  @DisplayName("lent, to be taken back after 60 s")
  @ParameterizedTest(name = "{0} at {1} s, borrowed at {2}, reported {3}: {4}, due in {5} s")
  @CsvSource({
    "IN_USE, 0, 0, false, KEEP, 30",
    "IN_USE, 40, 0, true, KEEP, 20",
    "IN_USE, 60, 0, true, RECLAIM, -1",
    "DOOMED, 60, 0, true, RECLAIM, -1",
    "DOOMED, 59, 0, true, KEEP, 1",
    "DOOMED, 70, 50, false, KEEP, 10",
    // Somebody should know first; it is taken back at the next look.
    "IN_USE, 60, 0, false, REPORT_LEAK, -1",
    "IN_USE, 1800, 1790, true, EXPIRE, -1",
  })
  void lentWithAnEnd(
      SlotState state,
      double now,
      double borrowedAt,
      boolean reported,
      Verdict.Action action,
      double due) {
    Limits limits = new Limits(s(45), s(600), s(1800), 0.25, 100, s(30), s(60), 2, null);
    Look look = new Look(state, 0, 0, 0, 0, 0, s(borrowedAt), 200, reported);
    expect(look, limits, now, action, due == -1 ? NEVER : s(due));
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKING", "RETURNING", "RETIRED"})
  void inMotion_isLeftAlone(SlotState state) {
    Look look = new Look(state, 0, 0, 0, 0, 0, 0, 200, false);
    for (double now : new double[] {0, 45, 600, 1795, 1800, 9999}) {
      expect(look, LIMITS, now, KEEP, NEVER);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutLimits_nothingIsEverDue(SlotState state) {
    Look look = new Look(state, 0, 0.5, 0, 0.5, 0, 0, 1_000_000, false);
    expect(look, OFF, 9_999, KEEP, NEVER);
  }

  @Test
  void pingsAreSpread_downToFourFifths() {
    assertThat(LIMITS.pingAt(s(10), 0)).isEqualTo(s(55));
    assertThat(LIMITS.pingAt(s(10), 1)).isEqualTo(s(46));
    Look look = new Look(SlotState.IDLE, 0, 0, 0, 1, 0, 0, 0, false);
    expect(look, LIMITS, 35.999, KEEP, s(36) - s(35.999));
    expect(look, LIMITS, 36, PING, NEVER);
  }

  @Test
  void lifetimesAreSpread_byLifetimeJitter() {
    assertThat(LIMITS.expiresAt(s(10), 0)).isEqualTo(s(1810));
    assertThat(LIMITS.expiresAt(s(10), 1)).isEqualTo(s(1360));
    Look look = new Look(SlotState.IDLE, 0, 1, s(1340), 0, s(1340), 0, 0, false);
    expect(look, LIMITS, 1344, KEEP, s(1));
    expect(look, LIMITS, 1345, REPLACE, s(5));
    expect(look, LIMITS, 1350, EXPIRE, NEVER);
  }

  @Test
  void livesFoundToBeOverAtOnce_endOverHalfAMinute_orATenthOfAShortLife() {
    for (long origin : ORIGINS) {
      Limits lenient = LIMITS.lenientSince(origin + s(5000));
      assertThat(lenient.expiresAt(origin, 0)).isEqualTo(origin + s(5000));
      assertThat(lenient.expiresAt(origin, 0.5)).isEqualTo(origin + s(5015));
      assertThat(lenient.expiresAt(origin, 1)).isEqualTo(origin + s(5030));
      assertThat(lenient.expiresAt(origin + s(4000), 1)).as("later").isEqualTo(origin + s(5350));
    }
    Limits shorter = new Limits(0, 0, s(100), 0, 0, 0, 0, 0, s(500));
    assertThat(shorter.expiresAt(0, 1)).isEqualTo(s(510));
  }

  @Test
  void livesAreShortened_byALowerLimitThatIsOne() {
    Limits lower = new Limits(0, 0, s(10), 0, 0, 0, 0, 0, null);
    assertThat(lower.shortensLives(LIMITS)).isTrue();
    assertThat(lower.shortensLives(OFF)).isTrue();
    assertThat(LIMITS.shortensLives(lower)).isFalse();
    assertThat(LIMITS.shortensLives(LIMITS)).isFalse();
    assertThat(OFF.shortensLives(LIMITS)).isFalse();
  }

  @Test
  void replacement_comesFiveSecondsAhead_orATenthOfAShortLife() {
    assertThat(LIMITS.replaceAhead()).isEqualTo(s(5));
    assertThat(new Limits(0, 0, s(10), 0, 0, 0, 0, 0, null).replaceAhead()).isEqualTo(s(1));
  }
}
