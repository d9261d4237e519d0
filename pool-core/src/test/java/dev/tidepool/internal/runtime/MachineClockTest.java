package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Machines that are suspended, clocks that are set, and both at once. */
class MachineClockTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();
  private static final long NO_FILE = Long.MIN_VALUE;

  private final AtomicLong monotonic = new AtomicLong(-5 * HOUR);
  private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong sinceBoot = new AtomicLong(3 * HOUR);
  private final AtomicInteger reads = new AtomicInteger();

  private MachineClock clock() {
    return new MachineClock(
        monotonic::get,
        wallMillis::get,
        () -> {
          reads.incrementAndGet();
          return sinceBoot.get();
        });
  }

  private void pass(Duration time) {
    monotonic.addAndGet(time.toNanos());
    wallMillis.addAndGet(time.toMillis());
    sinceBoot.addAndGet(time.toNanos());
  }

  private void suspend(Duration time) {
    wallMillis.addAndGet(time.toMillis());
    sinceBoot.addAndGet(time.toNanos());
  }

  @Test
  void timeThatPasses_isThatOfTheMonotonicClock_andTheFileIsLeftAlone() {
    MachineClock clock = clock();
    long begin = clock.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      pass(Duration.ofMillis(50));
      assertThat(clock.look()).isZero();
    }
    pass(Duration.ofHours(2)); // a long pause of the whole process
    assertThat(clock.look()).isZero();
    assertThat(clock.nanoTime() - begin).isEqualTo(Duration.ofSeconds(50).toNanos() + 2 * HOUR);
    assertThat(reads).hasValue(1);
  }

  @Test
  void suspendedMachine_timeHasGoneOn_andIsToldOnce() {
    MachineClock clock = clock();
    long begin = clock.nanoTime();
    suspend(Duration.ofHours(8));
    assertThat(clock.look()).isEqualTo(8 * HOUR);
    assertThat(clock.look()).isZero();
    assertThat(clock.nanoTime() - begin).isEqualTo(8 * HOUR);
    pass(Duration.ofMinutes(1));
    suspend(Duration.ofHours(1));
    pass(Duration.ofMillis(50));
    assertThat(clock.look()).isEqualTo(HOUR);
    assertThat(clock.nanoTime() - begin).isEqualTo(9 * HOUR + Duration.ofMillis(60_050).toNanos());
  }

  @Test
  void clockThatIsSet_movesNothing() {
    MachineClock clock = clock();
    long begin = clock.nanoTime();
    wallMillis.addAndGet(Duration.ofDays(3_650).toMillis());
    assertThat(clock.look()).isZero();
    wallMillis.addAndGet(-Duration.ofDays(7_000).toMillis());
    assertThat(clock.look()).isZero();
    assertThat(clock.nanoTime()).isEqualTo(begin);
    assertThat(reads).as("the first, and one for the leap ahead").hasValue(2);
  }

  @Test
  void clockSetBackWhileSuspended_isFoundWithTheNextSuspension() {
    MachineClock clock = clock();
    long begin = clock.nanoTime();
    suspend(Duration.ofHours(2));
    wallMillis.addAndGet(-Duration.ofHours(2).toMillis());
    assertThat(clock.look()).isZero();
    suspend(Duration.ofSeconds(5));
    assertThat(clock.look()).isEqualTo(2 * HOUR + Duration.ofSeconds(5).toNanos());
    assertThat(clock.nanoTime() - begin).isEqualTo(2 * HOUR + Duration.ofSeconds(5).toNanos());
  }

  @Test
  void withoutTheTimeSinceBoot_itIsTheMonotonicClock() {
    sinceBoot.set(NO_FILE);
    MachineClock clock = clock();
    wallMillis.addAndGet(Duration.ofHours(8).toMillis());
    assertThat(clock.look()).isZero();
    assertThat(clock.nanoTime()).isEqualTo(monotonic.get());
  }

  @Test
  void fileThatCannotBeReadAnyMore_movesNothing() {
    MachineClock clock = clock();
    wallMillis.addAndGet(Duration.ofHours(8).toMillis());
    sinceBoot.set(NO_FILE);
    assertThat(clock.look()).isZero();
    assertThat(clock.nanoTime()).isEqualTo(monotonic.get());
  }

  @Test
  void thisMachine_isNotSuspendedWhileItIsLookedAt() {
    long begin = System.nanoTime();
    long ahead = MachineClock.INSTANCE.nanoTime() - begin;
    assertThat(MachineClock.INSTANCE.look()).isZero();
    assertThat(MachineClock.INSTANCE.nanoTime()).isGreaterThanOrEqualTo(begin + ahead);
  }

  /** The monotonic clock runs; the others are set. */
  @Test
  void runtime_goesOnAsIfItHadStoodStill_andSaysSo() {
    AtomicLong slept = new AtomicLong();
    MachineClock clock =
        new MachineClock(
            System::nanoTime,
            () -> (System.nanoTime() + slept.get()) / 1_000_000,
            () -> System.nanoTime() + slept.get());
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new, clock);
      try {
        AtomicInteger rounds = new AtomicInteger();
        runtime.repeat(
            () -> {
              rounds.incrementAndGet();
              return HOUR;
            });
        Await.until("the first round", () -> rounds.get() == 1);
        long before = runtime.coarseNanos();
        slept.set(8 * HOUR);
        Await.until("the second round, due in an hour", () -> rounds.get() == 2);
        assertThat(runtime.coarseNanos() - before).isGreaterThanOrEqualTo(8 * HOUR);
        Await.until("it is told", () -> log.text().contains("suspended for 28800 s"));
      } finally {
        runtime.release();
      }
    }
  }
}
