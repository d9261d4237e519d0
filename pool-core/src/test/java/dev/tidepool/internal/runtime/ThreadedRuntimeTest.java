package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.net.PoolSocket;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads: how many there are, whose they are, and that they end. */
class ThreadedRuntimeTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final List<ThreadedRuntime> open = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void release() {
    over.countDown();
    open.forEach(PoolRuntime::release);
  }

  private ThreadedRuntime opened(ThreadedRuntime runtime) {
    open.add(runtime);
    return runtime;
  }

  private void released(ThreadedRuntime runtime) {
    open.remove(runtime);
    runtime.release();
  }

  private static Thread workerOf(PoolRuntime runtime) {
    AtomicReference<Thread> worker = new AtomicReference<>();
    runtime.execute(() -> worker.set(Thread.currentThread()));
    Await.until("a worker", () -> worker.get() != null);
    return worker.get();
  }

  private static Thread timerOf(PoolRuntime runtime) {
    AtomicReference<Thread> timer = new AtomicReference<>();
    runtime.schedule(() -> timer.set(Thread.currentThread()), 0);
    Await.until("the timer", () -> timer.get() != null);
    return timer.get();
  }

  // ---- sharing

  @Test
  void poolsShareOneRuntime_untilTheLastLeaves() {
    ThreadedRuntime first = opened(ThreadedRuntime.shared());
    ThreadedRuntime second = opened(ThreadedRuntime.shared());
    assertThat(second).isSameAs(first);
    Thread worker = workerOf(first);
    Thread timer = timerOf(first);
    assertThat(worker.getName()).startsWith("tidepool-worker-");
    assertThat(timer.getName()).startsWith("tidepool-timer-");
    released(first);
    assertThat(timerOf(second)).isSameAs(timer);
    released(second);
    Await.end(worker);
    Await.end(timer);
    ThreadedRuntime third = opened(ThreadedRuntime.shared());
    assertThat(third).isNotSameAs(first);
    assertThat(timerOf(third)).isNotSameAs(timer);
  }

  @Test
  void threads_keepNothingOfTheirCreatorAlive() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    inherited.set("of the creator");
    Thread.currentThread().setContextClassLoader(new ClassLoader(before) {});
    try {
      ThreadedRuntime runtime = opened(ThreadedRuntime.shared());
      for (Thread thread : List.of(workerOf(runtime), timerOf(runtime))) {
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getContextClassLoader()).isSameAs(ThreadedRuntime.class.getClassLoader());
      }
      AtomicReference<String> seen = new AtomicReference<>("unset");
      CountDownLatch looked = new CountDownLatch(1);
      runtime.execute(
          () -> {
            seen.set(String.valueOf(inherited.get()));
            looked.countDown();
          });
      Await.open(looked);
      assertThat(seen).hasValue("null");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  // ---- the watch

  @Test
  void watch_hasOneThreadForAll_fromItsFirstSocketOn() throws IOException {
    ThreadedRuntime runtime = opened(ThreadedRuntime.shared());
    List<Thread> seen = Collections.synchronizedList(new ArrayList<>());
    try (LogCapture log = new LogCapture(ThreadedRuntime.class);
        PoolSocket first = connected();
        PoolSocket second = connected()) {
      Await.until(
          "watched",
          () ->
              runtime.watch(
                  first,
                  () -> {
                    seen.add(Thread.currentThread());
                    throw new IllegalStateException("a bug");
                  }));
      Await.until("first news", () -> seen.size() == 1);
      runtime.watch(second, () -> seen.add(Thread.currentThread()));
      Await.until("second news", () -> seen.size() == 2);
      assertThat(log.text()).contains("a bug");
      Thread thread = seen.get(0);
      assertThat(seen.get(1)).isSameAs(thread);
      assertThat(thread.getName()).startsWith("tidepool-watch-");
      assertThat(thread.isDaemon()).isTrue();
      released(runtime);
      assertThat(thread.getState()).isEqualTo(Thread.State.TERMINATED);
      assertThat(runtime.watch(second, () -> seen.add(Thread.currentThread()))).isFalse();
      assertThat(seen).hasSize(2);
    }
  }

  /** Its other end has hung up, which is news. */
  private static PoolSocket connected() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PoolSocket socket = PoolSocket.open(0);
      socket.connect(server.getLocalSocketAddress());
      server.accept().close();
      return socket;
    }
  }

  @Test
  void watch_ofAFactoryThatGivesNoThread_isGivenUpWithAWarning() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "users");
          thread.setDaemon(true);
          return calls.incrementAndGet() <= 2 ? thread : null;
        };
    try (LogCapture log = new LogCapture(WatchKeeper.class);
        PoolSocket socket = connected()) {
      ThreadedRuntime runtime = opened(ThreadedRuntime.own(factory));
      timerOf(runtime);
      workerOf(runtime);
      assertThat(runtime.watch(socket, () -> {})).isFalse();
      Await.until("told", () -> log.text().contains("cannot be watched"));
      assertThat(runtime.watch(socket, () -> {})).isFalse();
      assertThat(log.text()).containsOnlyOnce("cannot be watched");
      released(runtime);
    }
  }

  // ---- the user's own threads

  @Test
  void ownRuntime_usesTheUsersFactory_andEndsItsThreads() {
    Set<Thread> made = ConcurrentHashMap.newKeySet();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "users-" + made.size());
          thread.setDaemon(true);
          made.add(thread);
          return thread;
        };
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(factory));
    assertThat(made).contains(workerOf(runtime), timerOf(runtime));
    assertThat(opened(ThreadedRuntime.own(factory))).isNotSameAs(runtime);
    released(runtime);
    released(open.get(0));
    made.forEach(Await::end);
  }

  @Test
  void factoryThatFailsForAWhile_losesNoTask() {
    AtomicInteger calls = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "users");
          thread.setDaemon(true);
          // The first is the timer, the next two are workers that cannot be had.
          return switch (calls.incrementAndGet()) {
            case 2 -> null;
            case 3 -> throw new OutOfMemoryError("unable to create native thread");
            default -> thread;
          };
        };
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      ThreadedRuntime runtime = opened(ThreadedRuntime.own(factory));
      assertThat(timerOf(runtime).isAlive()).isTrue();
      CountDownLatch ran = new CountDownLatch(1);
      runtime.execute(ran::countDown);
      Await.open(ran);
      // The second is a repetition, and there could be thousands.
      assertThat(log.count("tidepool: no worker thread could be started")).isEqualTo(1);
      assertThat(calls.get()).isGreaterThan(3);
      assertThat(log.text()).contains("threadFactory returned null");
    }
  }

  /** With the tick the clock of all pools would end, and their upkeep. */
  @Test
  void noMemoryToTellOfAThreadThatCannotBeHad_theTicksGoOn() {
    AtomicInteger calls = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "users");
          thread.setDaemon(true);
          // The first is the timer, the next two are workers; the second of them is asked for by
          // the tick.
          return switch (calls.incrementAndGet()) {
            case 2 -> throw new IllegalStateException("of the test");
            case 3 -> throw new Unspeakable();
            default -> thread;
          };
        };
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      ThreadedRuntime runtime = opened(ThreadedRuntime.own(factory));
      CountDownLatch ran = new CountDownLatch(1);
      runtime.execute(ran::countDown);
      Await.open(ran);
      assertThat(log.count("tidepool: no worker thread could be started")).isPositive();
    }
  }

  /** There is no memory to write it down. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public void printStackTrace(PrintStream target) {
      throw new OutOfMemoryError("of the test");
    }
  }

  /** As where the list of threads cannot grow: the worker has been started with a task. */
  @Test
  void crewWithoutMemoryForItsList_runsTheTaskAllTheSame() {
    AtomicReference<Runnable> inner = new AtomicReference<>();
    Crew crew =
        new Crew(
            task -> {
              inner.set(task);
              return new Thread(task);
            });
    CountDownLatch ran = new CountDownLatch(1);
    Thread unused = crew.newThread(ran::countDown);
    Thread virtualLike =
        new Thread() {
          @Override
          public int hashCode() {
            throw new OutOfMemoryError("of the test"); // as the set would
          }

          @Override
          public void run() {
            try {
              inner.get().run();
            } catch (OutOfMemoryError e) {
              over.countDown();
            }
          }
        };
    virtualLike.start();
    Await.open(over);
    Await.open(ran);
  }

  // ---- workers

  /** Whoever asked owns a slot: it must know whether the task runs, and not have it run twice. */
  @Test
  void taskThatAQueueTookAndThrew_runsOnceOrNever() {
    AtomicInteger runs = new AtomicInteger();
    ThreadedRuntime.Queued twice = new ThreadedRuntime.Queued(runs::incrementAndGet, 0);
    twice.run();
    twice.run();
    assertThat(runs).hasValue(1);
    assertThat(twice.callOff()).isFalse();
    ThreadedRuntime.Queued never = new ThreadedRuntime.Queued(runs::incrementAndGet, 0);
    assertThat(never.callOff()).isTrue();
    never.run();
    assertThat(runs).hasValue(1);
  }

  @Test
  void tasksThatHang_delayNoOther_howeverMany() {
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
    CountDownLatch hanging = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      runtime.execute(
          () -> {
            hanging.countDown();
            Await.open(over);
          });
    }
    // More than there are workers at first: the timer adds some while nothing moves.
    Await.open(hanging);
    CountDownLatch ran = new CountDownLatch(1);
    runtime.execute(ran::countDown);
    Await.open(ran);
  }

  @Test
  void oneWorkerThatTrickles_doesNotKeepOthersFromComing() throws InterruptedException {
    ThreadedRuntime runtime =
        opened(
            ThreadedRuntime.own(
                task -> {
                  Thread thread = new Thread(task);
                  thread.setDaemon(true);
                  return thread;
                }));
    // Right after a tick, so that every tick from here finds something completed.
    long tick = runtime.coarseNanos();
    Await.until("a tick", () -> runtime.coarseNanos() != tick);
    for (int i = 0; i < 31; i++) {
      runtime.execute(() -> Await.openUninterruptibly(over));
    }
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 150; i++) {
      runtime.execute(
          () -> {
            try {
              boolean unused = never.await(25, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    CountDownLatch other = new CountDownLatch(1);
    runtime.execute(other::countDown);
    assertThat(other.await(2, TimeUnit.SECONDS)).as("150 tasks of 25 ms one by one").isTrue();
  }

  @Test
  void taskThatThrows_isLogged_andHarmsNoOther() {
    try (LogCapture log = new LogCapture(ThreadedRuntime.class)) {
      ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
      runtime.execute(
          () -> {
            throw new IllegalStateException("of a worker");
          });
      runtime.schedule(
          () -> {
            throw new AssertionError("of the timer");
          },
          0);
      assertThat(timerOf(runtime).isAlive()).isTrue();
      assertThat(workerOf(runtime).isAlive()).isTrue();
      Await.until("both in the log", () -> log.count("please report it") == 2);
      assertThat(log.text()).contains("of a worker").contains("of the timer");
    }
  }

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "test-worker");
      thread.setDaemon(true);
      return thread;
    };
  }

  // ---- time

  @Test
  void timers_ringInOrder_andCanBeCalledOff() {
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
    List<String> rung = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch last = new CountDownLatch(1);
    runtime.schedule(
        () -> {
          rung.add("last");
          last.countDown();
        },
        TimeUnit.MILLISECONDS.toNanos(60));
    PoolRuntime.Timer calledOff =
        runtime.schedule(() -> rung.add("called off"), TimeUnit.MILLISECONDS.toNanos(40));
    runtime.schedule(() -> rung.add("first"), TimeUnit.MILLISECONDS.toNanos(20));
    calledOff.cancel();
    Await.open(last);
    assertThat(rung).containsExactly("first", "last");
  }

  @Test
  void coarseClock_movesByItself_andNeverAheadOfTime() {
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
    long begun = runtime.coarseNanos();
    Await.until("a tick", () -> runtime.coarseNanos() > begun);
    assertThat(runtime.coarseNanos() - runtime.nanoTime()).isNotPositive();
  }

  @Test
  void parkedThread_wakesByUnpark() {
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
    AtomicBoolean word = new AtomicBoolean();
    CountDownLatch there = new CountDownLatch(1);
    Thread parked =
        new Thread(
            () -> {
              there.countDown();
              while (!word.get()) {
                runtime.park(this, HOUR);
              }
            });
    parked.setDaemon(true);
    parked.start();
    Await.open(there);
    word.set(true);
    runtime.unpark(parked);
    Await.end(parked);
  }

  // ---- after the end

  @Test
  void afterTheEnd_aLateTaskStillRuns_andTimersAreGone() {
    ThreadedRuntime runtime = opened(ThreadedRuntime.own(daemons()));
    AtomicBoolean rang = new AtomicBoolean();
    runtime.schedule(() -> rang.set(true), HOUR);
    Thread timer = timerOf(runtime);
    CountDownLatch inDriver = new CountDownLatch(1);
    AtomicReference<Thread> hung = new AtomicReference<>();
    runtime.execute(
        () -> {
          hung.set(Thread.currentThread());
          inDriver.countDown();
          Await.open(over);
        });
    Await.open(inDriver);
    released(runtime);
    Await.end(timer);
    assertThat(hung.get().isAlive()).as("a driver call is not interrupted").isTrue();

    CountDownLatch ran = new CountDownLatch(1);
    runtime.execute(ran::countDown);
    Await.open(ran);
    PoolRuntime.Timer none = runtime.schedule(() -> rang.set(true), 0);
    none.cancel();
    assertThat(rang).isFalse();
    over.countDown();
    Await.end(hung.get());
  }
}
