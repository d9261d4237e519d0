package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Nobody starves: of many borrowers who never stop, on few connections, the slowest gets at least
 * half of what it would get if all were equal. By counts: how long it takes does not matter.
 */
class StarvationTest {
  private static final int BORROWERS = 64;
  private static final int CONNECTIONS = 8;
  private static final int BORROWS = BORROWERS * 400;

  /** Long enough that others come to wait meanwhile. */
  private static final long HOLD_NANOS = 100_000;

  private interface Starter {
    Thread start(Runnable body) throws ReflectiveOperationException;
  }

  @Test
  void platformThreads() throws Exception {
    assertNobodyStarves(
        body -> {
          Thread thread = new Thread(body, "borrower");
          thread.setDaemon(true);
          thread.start();
          return thread;
        });
  }

  @Test
  void virtualThreads() throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads come with Java 21");
    // By reflection, as the tests are compiled for Java 17.
    assertNobodyStarves(
        body ->
            (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, body));
  }

  /** Threads that poll for a connection are what a saturated machine can least afford. */
  @Test
  void waiters_costNoCpu() throws SQLException {
    ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
    Assumptions.assumeTrue(cpu.isThreadCpuTimeSupported(), "CPU time of threads");
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setPoolName("saturated");
      pool.setMaximumPoolSize(CONNECTIONS);
      pool.setConnectionTimeout(Duration.ofSeconds(60));
      List<Connection> held = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        held.add(pool.getConnection());
      }
      AtomicInteger served = new AtomicInteger();
      List<Thread> waiters = new ArrayList<>();
      for (int i = 0; i < BORROWERS; i++) {
        waiters.add(startWaiter(pool, served));
      }
      Await.until("all wait", () -> pool.stats().waiting() == BORROWERS);
      long before = cpuNanos(cpu, waiters);
      Await.quiet(Duration.ofSeconds(1));
      assertThat(cpuNanos(cpu, waiters) - before)
          .as("nanoseconds of CPU, all together")
          .isLessThan(Duration.ofMillis(50).toNanos());
      for (Connection connection : held) {
        connection.close();
      }
      waiters.forEach(Await::end);
      assertThat(served).hasValue(BORROWERS);
    }
  }

  private static Thread startWaiter(TidepoolDataSource pool, AtomicInteger served) {
    Thread waiter =
        new Thread(
            () -> {
              try (Connection connection = pool.getConnection()) {
                served.incrementAndGet();
              } catch (SQLException e) {
                throw new AssertionError("not served", e);
              }
            },
            "waiter");
    waiter.setDaemon(true);
    waiter.start();
    return waiter;
  }

  private static long cpuNanos(ThreadMXBean cpu, List<Thread> threads) {
    return threads.stream().mapToLong(thread -> cpu.getThreadCpuTime(thread.getId())).sum();
  }

  private static void assertNobodyStarves(Starter starter)
      throws ReflectiveOperationException, InvocationTargetException {
    NoopDataSource database = new NoopDataSource();
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(database);
      pool.setPoolName("starvation");
      pool.setMaximumPoolSize(CONNECTIONS);
      pool.setConnectionTimeout(Duration.ofSeconds(60));
      // Borrowers who say nothing to their database: it need not be asked whether it is alive.
      pool.setValidateAfterIdle(Duration.ofHours(1));
      int[] counts = borrow(pool, starter);
      assertThat(Arrays.stream(counts).sum()).isEqualTo(BORROWS);
      assertThat(Arrays.stream(counts).min().orElseThrow())
          .as(() -> "the slowest of " + Arrays.toString(counts))
          .isGreaterThanOrEqualTo(BORROWS / BORROWERS / 2);
    }
    assertThat(database.openNow()).isZero();
  }

  private static int[] borrow(TidepoolDataSource pool, Starter starter)
      throws ReflectiveOperationException {
    AtomicInteger left = new AtomicInteger(BORROWS);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch begin = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(BORROWERS);
    int[] counts = new int[BORROWERS];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < BORROWERS; i++) {
      int mine = i;
      threads.add(
          starter.start(
              () -> {
                try {
                  Await.open(begin);
                  while (left.getAndDecrement() > 0) {
                    borrowOnce(pool);
                    counts[mine]++;
                  }
                } catch (Throwable t) {
                  left.set(0);
                  failure.compareAndSet(null, t);
                } finally {
                  ended.countDown();
                }
              }));
    }
    assertThat(threads).hasSize(BORROWERS);
    begin.countDown();
    Await.open(ended);
    assertThat(failure).hasNullValue();
    return counts;
  }

  private static void borrowOnce(TidepoolDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      LockSupport.parkNanos(connection, HOLD_NANOS);
    }
  }
}
