package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.Program;
import dev.tidepool.testing.StackEnd;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing but its end ends the timer thread. */
class TimerLoopTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @SuppressWarnings("UnnecessaryLambda") // the same for all
  private static final LongConsumer NOTHING = now -> {};

  private TimerLoop loop = new TimerLoop(System::nanoTime, NOTHING, NOTHING, HOUR);
  private Thread thread = new Thread(loop);

  private void start(LongSupplier clock, LongConsumer onTime, LongConsumer onTick, long pause) {
    loop = new TimerLoop(clock, onTime, onTick, pause);
    thread = new Thread(loop);
    thread.setDaemon(true);
    thread.start();
  }

  private void start() {
    start(System::nanoTime, NOTHING, NOTHING, HOUR);
  }

  @AfterEach
  void end() {
    loop.end();
    Await.end(thread);
  }

  private void awaitTurn() {
    CountDownLatch ran = new CountDownLatch(1);
    assertThat(loop.schedule(ran::countDown, 0)).isNotNull();
    Await.open(ran);
  }

  /** One borrower's recursion without end would stop the timers of all pools. */
  @Test
  void stackEndsWhereATimerIsCalledOff_theLoopGoesOn(@TempDir Path dir) throws Exception {
    assertThat(Program.run(dir, List.of("-Xint"), StackEndProgram.class, "timers"))
        .contains("it goes on");
  }

  /** A tree of the JDK's that is left in the middle of a change says it is empty when it is not. */
  @Test
  void stackEndsWhereTimersAreSetAndCalledOff_theyAreCountedRight() throws Exception {
    for (int i = 0; i < 100; i++) {
      loop.schedule(() -> {}, HOUR + i);
    }
    StackEnd.reach(
        150,
        () -> {
          PoolRuntime.Timer timer = loop.schedule(() -> {}, HOUR);
          if (timer != null) {
            timer.cancel();
          }
        },
        () -> {});
    Field field = TimerLoop.class.getDeclaredField("tasks");
    field.setAccessible(true);
    Collection<?> tasks = (Collection<?>) field.get(loop);
    assertThat(tasks.stream().filter(task -> true).count()).isEqualTo(tasks.size());
  }

  /** Thrown where nothing guards it, as by an executor that cannot allocate its next wait. */
  private static void failOnce(AtomicInteger calls, int at) {
    if (calls.incrementAndGet() == at) {
      throw new OutOfMemoryError("of the test");
    }
  }

  @Test
  void errorFromATick_theTicksGoOn_andItIsTold() {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch more = new CountDownLatch(3);
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      start(
          System::nanoTime,
          NOTHING,
          now -> {
            failOnce(calls, 1);
            more.countDown();
          },
          1);
      Await.open(more);
      assertThat(log.count("please report it")).isEqualTo(1);
      assertThat(log.text()).contains("of the test");
    }
  }

  @Test
  void errorOfTheLoopItself_whereverItIsThrown_theTicksGoOn() {
    for (int at = 2; at < 12; at++) {
      AtomicInteger calls = new AtomicInteger();
      int failing = at;
      CountDownLatch more = new CountDownLatch(10);
      start(
          () -> {
            failOnce(calls, failing);
            return System.nanoTime();
          },
          NOTHING,
          now -> more.countDown(),
          1);
      Await.open(more);
      awaitTurn();
      end();
    }
  }

  @Test
  void errorFromATimer_harmsNoOther() {
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      start();
      loop.schedule(
          () -> {
            throw new OutOfMemoryError("of the test");
          },
          0);
      awaitTurn();
      assertThat(log.count("please report it")).isEqualTo(1);
    }
  }

  @Test
  void timersThatAreAlwaysDue_keepNoTickAway() {
    CountDownLatch ticks = new CountDownLatch(3);
    start(System::nanoTime, NOTHING, now -> ticks.countDown(), 1);
    scheduleAgainAndAgain(ticks);
    Await.open(ticks);
  }

  private void scheduleAgainAndAgain(CountDownLatch until) {
    if (until.getCount() > 0) {
      loop.schedule(() -> scheduleAgainAndAgain(until), 0);
    }
  }

  @Test
  void ticksThatAreAlwaysDue_keepNoTimerAway() {
    start(System::nanoTime, NOTHING, NOTHING, 0);
    awaitTurn();
  }

  @Test
  void timerSetWhileTheLoopSleeps_wakesIt_alsoAfterAnInterrupt() {
    start();
    for (int i = 0; i < 1000; i++) {
      awaitTurn();
    }
    loop.schedule(() -> Thread.currentThread().interrupt(), 0);
    awaitTurn();
    AtomicInteger turns = new AtomicInteger();
    end();
    start(System::nanoTime, now -> turns.incrementAndGet(), NOTHING, HOUR);
    loop.schedule(() -> Thread.currentThread().interrupt(), 0);
    Await.until("asleep", () -> thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(thread.isInterrupted()).isFalse();
  }

  @Test
  void timers_ofOneTime_ringInOrder() {
    start(() -> 7, NOTHING, NOTHING, HOUR); // time stands still
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    loop.schedule(
        () -> {
          begun.countDown();
          Await.open(over);
        },
        0);
    Await.open(begun);
    List<Integer> rung = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      loop.schedule(() -> rung.add(number), 0);
    }
    PoolRuntime.Timer calledOff = loop.schedule(() -> rung.add(-1), 0);
    assertThat(calledOff).isNotNull();
    calledOff.cancel();
    loop.schedule(() -> rung.add(-2), Long.MAX_VALUE); // no overflow
    over.countDown();
    awaitTurn();
    assertThat(rung).hasSize(20).isSorted();
  }

  @Test
  void afterTheEnd_noTimerIsTaken_andNoneRings() {
    AtomicInteger rung = new AtomicInteger();
    start();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    loop.schedule(
        () -> {
          begun.countDown();
          Await.open(over);
        },
        0);
    Await.open(begun);
    loop.schedule(rung::incrementAndGet, 0);
    loop.end();
    over.countDown();
    Await.end(thread);
    assertThat(loop.schedule(rung::incrementAndGet, 0)).isNull();
    assertThat(rung).hasValue(0);
  }
}
