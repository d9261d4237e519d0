package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.net.BreakableWatch;
import dev.tidepool.net.PoolSocket;
import dev.tidepool.net.SocketWatch;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch that fails is replaced, but not over and over. */
@Timeout(60)
class WatchKeeperTest {
  private static final String WARNING = "cannot be watched for now";
  private static final String AGAIN = "idle connections are watched again";

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final List<BreakableWatch> watches = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final LogCapture log = new LogCapture(WatchKeeper.class, ThreadedRuntime.class);
  private final Queue<Runnable> work = new ArrayDeque<>();
  private int refusals;
  private int starts;
  private PoolSocket socket;
  private Socket far;

  private final WatchKeeper keeper =
      new WatchKeeper(
          this::open,
          task -> {
            Thread thread = new Thread(task, "watch");
            threads.add(thread);
            return thread;
          },
          work::add,
          now::get);

  /** As the keeper's, again after the workers have done what it gave them. */
  private boolean watch(PoolSocket watched, Runnable onNews) {
    boolean done = keeper.watch(watched, onNews);
    if (!done && !work.isEmpty()) {
      runWork();
      done = keeper.watch(watched, onNews);
    }
    return done;
  }

  private void runWork() {
    for (Runnable task = work.poll(); task != null; task = work.poll()) {
      task.run();
    }
  }

  private long told(String line) {
    return log.text().lines().filter(l -> l.contains("WARN") && l.contains(line)).count();
  }

  private SocketWatch open() throws IOException {
    starts++;
    if (refusals > 0) {
      refusals--;
      throw new IOException("Too many open files");
    }
    watches.add(new BreakableWatch());
    return watches.get(watches.size() - 1).watch;
  }

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      socket = PoolSocket.open(0);
      socket.connect(server.getLocalSocketAddress());
      far = server.accept();
    }
  }

  @AfterEach
  void end() throws IOException {
    keeper.end();
    threads.forEach(Await::end);
    log.close();
    socket.close();
    far.close();
  }

  /** The newest watch fails, and its thread has ended. */
  private void fail() {
    watches.get(watches.size() - 1).breakDown();
    Await.end(threads.get(threads.size() - 1));
  }

  @Test
  void failedWatch_firesAndIsReplaced_afterAPause_toldOnce() {
    AtomicInteger told = new AtomicInteger();
    for (int i = 1; i <= 3; i++) {
      assertThat(watch(socket, told::incrementAndGet)).isTrue();
      fail();
      assertThat(told).hasValue(i);
      now.addAndGet(WatchKeeper.RESTART_NANOS - 1);
      assertThat(watch(socket, told::incrementAndGet)).isFalse();
      assertThat(starts).isEqualTo(i);
      now.addAndGet(1);
    }
    assertThat(told(WARNING)).isEqualTo(1);
    assertThat(log.text()).contains("java.lang.OutOfMemoryError: of the test");
  }

  @Test
  void failureAfterALongTime_isReplacedAtOnce_andTold() {
    for (int i = 1; i <= 2; i++) {
      assertThat(watch(socket, () -> {})).isTrue();
      now.addAndGet(WatchKeeper.EPISODE_NANOS);
      fail();
      assertThat(told(WARNING)).isEqualTo(i);
    }
    assertThat(watch(socket, () -> {})).isTrue();
    assertThat(starts).isEqualTo(3);
  }

  /** The timer thread of all pools calls, and the user's factory and log may block. */
  @Test
  void callerOpensNothing_startsNoThread_andLogsNothing() {
    refusals = 1;
    assertThat(keeper.watch(socket, () -> {})).isFalse();
    now.addAndGet(WatchKeeper.RESTART_NANOS);
    assertThat(keeper.watch(socket, () -> {})).isFalse();
    assertThat(work).as("one start at a time").hasSize(1);
    assertThat(starts).isZero();
    runWork();
    assertThat(told(WARNING)).isEqualTo(1);
    now.addAndGet(WatchKeeper.RESTART_NANOS);
    assertThat(keeper.watch(socket, () -> {})).isFalse();
    assertThat(threads).isEmpty();
    runWork();
    assertThat(keeper.watch(socket, () -> {})).isTrue();
    assertThat(threads).hasSize(1);
  }

  @Test
  void preparedWatch_isThereForTheFirstSocket() {
    keeper.prepare();
    keeper.prepare();
    runWork();
    assertThat(keeper.watch(socket, () -> {})).isTrue();
    assertThat(starts).isEqualTo(1);
  }

  @Test
  void startThatComesAfterTheEnd_leavesNoThread() {
    assertThat(keeper.watch(socket, () -> {})).isFalse();
    keeper.end();
    runWork();
    threads.forEach(Await::end);
    assertThat(keeper.watch(socket, () -> {})).isFalse();
  }

  /** The end of a trouble was never told. */
  @Test
  void watchThatStartsAfterAWarning_isTold_onceForEach() {
    assertThat(watch(socket, () -> {})).isTrue();
    assertThat(told(AGAIN)).isZero();
    for (int i = 1; i <= 2; i++) {
      fail();
      now.addAndGet(WatchKeeper.RESTART_NANOS);
      assertThat(watch(socket, () -> {})).isTrue();
      assertThat(told(AGAIN)).as("the second is of the same trouble").isEqualTo(1);
    }
    now.addAndGet(WatchKeeper.EPISODE_NANOS);
    fail();
    assertThat(told(WARNING)).isEqualTo(2);
    assertThat(watch(socket, () -> {})).isTrue();
    assertThat(told(AGAIN)).isEqualTo(2);
  }

  /** Two that told the same untold failures took them off the count twice. */
  @Test
  void failureWhileAnotherIsTold_takesNoUntoldOnesTwice() {
    Guard.run(
        () -> {
          throw new Unspeakable();
        });
    Guard.run(
        () -> {
          throw new Nested();
        });
    assertThat(log.text()).containsOnlyOnce("1 failures of tasks of the pool");
    Guard.run(
        () -> {
          throw new Unspeakable();
        });
    Guard.run(
        () -> {
          throw new IllegalStateException("the last");
        });
    assertThat(log.text().split("1 failures of tasks of the pool could not be logged", -1))
        .hasSize(3);
  }

  /** While it is written down another one is met. */
  private static final class Nested extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public void printStackTrace(PrintStream target) {
      Guard.run(
          () -> {
            throw new IllegalStateException("meanwhile");
          });
    }
  }

  @Test
  void refusedStart_isTriedAgain_afterAPause_toldOnce() throws IOException {
    refusals = 2;
    for (int i = 1; i <= 2; i++) {
      assertThat(watch(socket, () -> {})).isFalse();
      assertThat(watch(socket, () -> {})).isFalse();
      assertThat(starts).isEqualTo(i);
      now.addAndGet(WatchKeeper.RESTART_NANOS);
    }
    CountDownLatch told = new CountDownLatch(1);
    assertThat(watch(socket, told::countDown)).isTrue();
    far.getOutputStream().write(1);
    Await.open(told);
    assertThat(told(WARNING)).isEqualTo(1);
  }

  @Test
  void watchThatEndedUnseen_isDropped() throws IOException {
    assertThat(watch(socket, () -> {})).isTrue();
    watches.get(0).watch.close();
    assertThat(watch(socket, () -> {})).isFalse();
    now.addAndGet(WatchKeeper.RESTART_NANOS);
    assertThat(watch(socket, () -> {})).isTrue();
    keeper.end();
    now.addAndGet(WatchKeeper.RESTART_NANOS);
    assertThat(watch(socket, () -> {})).isFalse();
    assertThat(starts).isEqualTo(2);
  }

  @Test
  void noMemoryToLogWhatACallbackThrows_endsNoWatch_andIsToldLater() throws IOException {
    CountDownLatch called = new CountDownLatch(1);
    assertThat(
            watch(
                socket,
                () -> {
                  called.countDown();
                  throw new Unspeakable();
                }))
        .isTrue();
    far.getOutputStream().write(1);
    Await.open(called);
    // News again, as nobody has read the byte: on the same thread.
    CountDownLatch again = new CountDownLatch(1);
    keeper.watch(
        socket,
        () -> {
          again.countDown();
          throw new IllegalStateException("a bug");
        });
    Await.open(again);
    Await.until("both in the log", () -> log.text().contains("a bug"));
    assertThat(log.text()).contains("1 failures of tasks of the pool could not be logged");
    assertThat(threads).hasSize(1);
    assertThat(threads.get(0).isAlive()).isTrue();
    assertThat(told(WARNING)).isZero();
  }

  /** There is no memory to write it down. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public void printStackTrace(PrintStream target) {
      throw new OutOfMemoryError("of the test");
    }
  }
}
