package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.LogCapture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final long SECOND = 1_000_000_000L;

  private long now = START;
  private final Rounds rounds = new Rounds(() -> now);
  private final List<String> ran = new ArrayList<>();

  /** Also where the clock overflows. */
  private static final long START = Long.MAX_VALUE - 2 * SECOND;

  private LongSupplier task(String name, long pause) {
    return () -> {
      ran.add(name);
      return pause;
    };
  }

  private List<String> ranAt(long afterStart) {
    ran.clear();
    now = START + afterStart;
    rounds.run(now);
    return List.copyOf(ran);
  }

  @Test
  void eachComesAgain_afterThePauseItAskedFor() {
    rounds.add(task("often", SECOND));
    rounds.add(task("seldom", 3 * SECOND));
    assertThat(ranAt(0)).containsExactly("often", "seldom");
    assertThat(ranAt(SECOND - 1)).isEmpty();
    assertThat(ranAt(SECOND)).containsExactly("often");
    assertThat(ranAt(2 * SECOND)).containsExactly("often");
    assertThat(ranAt(3 * SECOND)).containsExactly("often", "seldom");
  }

  @Test
  void noPause_isTheNextTick_notTheSame() {
    rounds.add(task("hasty", 0));
    assertThat(ranAt(0)).containsExactly("hasty");
    assertThat(ranAt(0)).containsExactly("hasty");
  }

  @Test
  void taskThatThrows_isLogged_holdsUpNoOther_andComesAgain() {
    Error error = new InternalError("of the test");
    rounds.add(
        () -> {
          ran.add("failing");
          throw error;
        });
    rounds.add(task("other", SECOND));
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      assertThat(ranAt(0)).containsExactly("failing", "other");
      assertThat(ranAt(SECOND)).containsExactly("failing", "other");
      assertThat(log.count("unexpected failure")).isEqualTo(2);
    }
  }

  @Test
  void hastened_itComesSooner_andNeverLater() {
    PoolRuntime.Repeated timer = rounds.add(task("idle", 5 * SECOND));
    assertThat(ranAt(0)).containsExactly("idle");
    timer.within(2 * SECOND);
    timer.within(3 * SECOND);
    assertThat(ranAt(2 * SECOND - 1)).isEmpty();
    assertThat(ranAt(2 * SECOND)).containsExactly("idle");
    timer.within(9 * SECOND);
    assertThat(ranAt(7 * SECOND - 1)).isEmpty();
    assertThat(ranAt(7 * SECOND)).containsExactly("idle");
  }

  @Test
  void hastenedWhileItRuns_itComesSoonerAllTheSame() {
    List<PoolRuntime.Repeated> own = new ArrayList<>();
    own.add(
        rounds.add(
            () -> {
              ran.add("stirred");
              if (now == START) {
                own.get(0).within(SECOND / 2);
              }
              return 5 * SECOND;
            }));
    assertThat(ranAt(0)).containsExactly("stirred");
    assertThat(ranAt(SECOND / 2)).containsExactly("stirred");
    assertThat(ranAt(5 * SECOND)).isEmpty();
    assertThat(ranAt(6 * SECOND)).containsExactly("stirred");
  }

  @Test
  void whoIsCalledOff_comesNoMore_andTheOthersDo() {
    PoolRuntime.Timer first = rounds.add(task("first", SECOND));
    rounds.add(task("second", SECOND));
    rounds.add(task("third", SECOND));
    first.cancel();
    first.cancel();
    assertThat(ranAt(0)).containsExactlyInAnyOrder("second", "third");
    assertThat(ranAt(SECOND)).containsExactlyInAnyOrder("second", "third");
  }

  @Test
  void taskThatCallsItselfOff_orAddsAnother_harmsNone() {
    List<PoolRuntime.Timer> own = new ArrayList<>();
    own.add(
        rounds.add(
            () -> {
              own.get(0).cancel();
              rounds.add(task("added", SECOND));
              return 0;
            }));
    rounds.add(task("other", SECOND));
    ran.clear();
    rounds.run(START);
    rounds.run(START + 1);
    assertThat(ran).containsExactlyInAnyOrder("added", "other");
  }

  @Test
  void manyThatComeAndGo_areAllServed() {
    Random random = new Random(7);
    List<String> expected = new ArrayList<>();
    List<PoolRuntime.Timer> timers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      timers.add(rounds.add(task("task " + i, SECOND)));
      expected.add("task " + i);
      if (random.nextInt(3) == 0) {
        int gone = random.nextInt(timers.size());
        timers.remove(gone).cancel();
        expected.remove(gone);
      }
    }
    assertThat(ranAt(0)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(ranAt(SECOND)).containsExactlyInAnyOrderElementsOf(expected);
  }
}
