package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Machines that are suspended, clocks that are set, and both at once. */
class SuspensionWatchTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();
  private static final long NO_FILE = Long.MIN_VALUE;

  private final AtomicLong monotonic = new AtomicLong(-5 * HOUR);
  private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong sinceBoot = new AtomicLong(3 * HOUR);

  private SuspensionWatch watch() {
    return new SuspensionWatch(monotonic::get, wallMillis::get, sinceBoot::get);
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
  void timeThatPasses_isNoLeap() {
    SuspensionWatch watch = watch();
    for (int i = 0; i < 1_000; i++) {
      pass(Duration.ofMillis(50));
      assertThat(watch.hasLeapt()).isFalse();
    }
    pass(Duration.ofHours(2)); // a long pause of the whole process
    assertThat(watch.hasLeapt()).isFalse();
    assertThat(watch.suspendedFor()).isZero();
  }

  @Test
  void suspendedMachine_isToldOnce() {
    SuspensionWatch watch = watch();
    suspend(Duration.ofHours(8));
    assertThat(watch.hasLeapt()).isTrue();
    assertThat(watch.hasLeapt()).isFalse();
    assertThat(watch.suspendedFor()).isEqualTo(8 * HOUR);
    assertThat(watch.suspendedFor()).isZero();
    pass(Duration.ofMinutes(1));
    suspend(Duration.ofHours(1));
    pass(Duration.ofMillis(50));
    assertThat(watch.hasLeapt()).isTrue();
    assertThat(watch.suspendedFor()).isEqualTo(HOUR);
  }

  @Test
  void clockThatIsSet_isNoSuspension() {
    SuspensionWatch watch = watch();
    wallMillis.addAndGet(Duration.ofDays(3_650).toMillis());
    assertThat(watch.hasLeapt()).isTrue();
    assertThat(watch.suspendedFor()).isZero();
    wallMillis.addAndGet(-Duration.ofDays(7_000).toMillis());
    assertThat(watch.hasLeapt()).isFalse();
    assertThat(watch.suspendedFor()).isZero();
  }

  /** A process that is restored on another machine. */
  @Test
  void timeSinceBootThatGoesBack_isTheNewBeginning() {
    SuspensionWatch watch = watch();
    sinceBoot.addAndGet(-2 * HOUR);
    assertThat(watch.suspendedFor()).isZero();
    suspend(Duration.ofHours(1));
    assertThat(watch.suspendedFor()).isEqualTo(HOUR);
  }

  @Test
  void withoutTheTimeSinceBoot_nothingIsNoticed() {
    sinceBoot.set(NO_FILE);
    SuspensionWatch watch = watch();
    suspend(Duration.ofHours(8));
    sinceBoot.set(NO_FILE);
    assertThat(watch.suspendedFor()).isZero();
    sinceBoot.set(3 * HOUR); // and from now on it can be had
    assertThat(watch.suspendedFor()).isZero();
    suspend(Duration.ofHours(1));
    assertThat(watch.suspendedFor()).isEqualTo(HOUR);
  }

  /** The other clocks are simulated; whether the file is read as it is meant shows only here. */
  @Test
  void thisMachine_hasATimeSinceBoot_thatGoesOn() {
    assumeTrue(Files.exists(Path.of("/proc/uptime")), "not Linux");
    long before = SuspensionWatch.sinceBoot();
    assertThat(before).isPositive();
    Await.until("time passes", () -> SuspensionWatch.sinceBoot() > before);
    assertThat(SuspensionWatch.ofThisMachine().suspendedFor()).isZero();
  }

  @Test
  void runtime_tellsOfIt_andRunsItsRounds() {
    AtomicLong slept = new AtomicLong();
    SuspensionWatch watch =
        new SuspensionWatch(
            System::nanoTime,
            () -> (System.nanoTime() + slept.get()) / 1_000_000,
            () -> System.nanoTime() + slept.get());
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      ThreadedRuntime runtime = ThreadedRuntime.own(Thread::new, watch);
      try {
        AtomicInteger rounds = new AtomicInteger();
        runtime.repeat(
            () -> {
              rounds.incrementAndGet();
              return HOUR;
            });
        Await.until("the first round", () -> rounds.get() == 1);
        slept.set(8 * HOUR);
        Await.until("the second round, due in an hour", () -> rounds.get() == 2);
        assertThat(runtime.suspendedNanos()).isBetween(8 * HOUR - HOUR / 60, 8 * HOUR + HOUR / 60);
        Await.until("it is told", () -> log.text().contains("the machine was suspended for 2"));
      } finally {
        runtime.release();
      }
    }
  }
}
