package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.exchange.Waiter;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.ThreadedRuntime;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What no pool can do much about must at least cost nothing for ever: no threads, Errors, bad
 * moments.
 */
class ShortageTest {
  private volatile boolean outOfThreads;
  private volatile boolean brokenDriver;
  private Engine engine;

  private void start(int maximum, int minimumIdle, boolean requestBoundaries)
      throws InterruptedException {
    start(maximum, minimumIdle, attempt -> connection(requestBoundaries));
  }

  private void start(int maximum, int minimumIdle, ConnectionSource source)
      throws InterruptedException {
    TidepoolConfig config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:fake:")
            .poolName("shortage")
            .maximumPoolSize(maximum)
            .minimumIdle(minimumIdle)
            .keepaliveTime(Duration.ofMillis(100))
            .initializationFailTimeout(Duration.ofMillis(-1))
            .build();
    engine =
        new Engine(
            config,
            source,
            new Closer("shortage", connection -> {}),
            (physical, timeout, ping) -> Checks.Verdict.ALIVE,
            new DefaultFailureClassifier(),
            ThreadedRuntime.own(this::thread));
    engine.start(Duration.ofSeconds(1));
    await(stats -> stats.idle() == minimumIdle);
  }

  private Thread thread(Runnable task) {
    if (outOfThreads) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    Thread thread = new Thread(task, "shortage");
    thread.setDaemon(true);
    return thread;
  }

  private PhysicalConnection connection(boolean requestBoundaries) {
    Object connection =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "beginRequest" -> {
                    if (brokenDriver) {
                      throw new NoClassDefFoundError("of a driver");
                    }
                    yield null;
                  }
                  case "getAutoCommit" -> true;
                  case "isClosed" -> false;
                  default -> null;
                });
    SessionDefaults defaults =
        new SessionDefaults(
            true,
            false,
            Connection.TRANSACTION_READ_COMMITTED,
            null,
            null,
            ResultSet.CLOSE_CURSORS_AT_COMMIT,
            SessionDefaults.UNKNOWN);
    return new PhysicalConnection(
        (Connection) connection, defaults, null, null, null, requestBoundaries, null, null);
  }

  private void await(Predicate<PoolStats> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.test(engine.stats())) {
      assertThat(System.nanoTime() - deadline).as("%s", engine.stats()).isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @AfterEach
  void close() {
    outOfThreads = false;
    engine.close();
  }

  @Test
  void noThreadsForAWhile_stopsTheSupplyForThatWhileOnly() throws Exception {
    start(2, 0, false);
    outOfThreads = true;
    Waiter<Entry> waiter = engine.exchange().enqueue(1);
    assertThat(waiter).isNotNull();
    engine.supply();
    assertThat(engine.stats().connecting()).isEqualTo(1);
    outOfThreads = false;
    Entry served = engine.exchange().await(waiter, System.nanoTime() + 20_000_000_000L);
    assertThat(served).isNotNull();
    assertThat(engine.pool().giveBack(served, served.lease())).isTrue();
  }

  @Test
  void noThreadsForAWhile_closesAndReplacesAllTheSame() throws Exception {
    start(4, 4, false);
    await(stats -> stats.pings() >= 4 && stats.checking() == 0);
    outOfThreads = true;
    engine.evict();
    outOfThreads = false;
    await(stats -> stats.retired(RetireReason.EVICTED) == 4 && stats.closing() == 0);
    await(stats -> stats.idle() == 4);
  }

  @Test
  void errorOfTheDriverWhileLending_costsNoPlace() throws Exception {
    start(1, 1, true);
    brokenDriver = true;
    assertThatThrownBy(engine.pool()::getConnection).isInstanceOf(NoClassDefFoundError.class);
    brokenDriver = false;
    try (Connection connection = engine.pool().getConnection()) {
      assertThat(connection.isClosed()).isFalse();
    } catch (SQLException e) {
      throw new AssertionError("the place was lost", e);
    }
  }

  /** A readiness probe must not fail because the pool is in use. */
  @Test
  void prefill_isTrueForABusyPool() throws Exception {
    start(1, 1, false);
    Connection held = engine.pool().getConnection();
    assertThat(engine.prefill(Duration.ofHours(1))).isTrue();
    held.close();
  }

  /** A slot on its way to a waiter can be doomed, and the waiter gone: then it is nobody's. */
  @Test
  void doomedOnTheWayToAWaiterWhoLeft_isRetired() throws Exception {
    start(4, 4, false);
    AtomicBoolean stop = new AtomicBoolean();
    Thread waiters = new Thread(() -> waitAndLeave(stop));
    Thread reaper =
        new Thread(
            () -> {
              while (!stop.get()) {
                engine.exchange().forEach(e -> e.doom(Doom.of(RetireReason.MAX_LIFETIME)));
              }
            });
    waiters.start();
    reaper.start();
    LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
    stop.set(true);
    waiters.join();
    reaper.join();
    await(stats -> stats.idle() == 4);
    engine.exchange().forEach(e -> assertThat(e.state()).isNotEqualTo(SlotState.DOOMED));
  }

  private void waitAndLeave(AtomicBoolean stop) {
    while (!stop.get()) {
      Waiter<Entry> waiter = engine.exchange().enqueue(8);
      assertThat(waiter).isNotNull();
      engine.supply();
      Entry served = engine.exchange().cancel(waiter);
      if (served != null) {
        engine.pool().giveBack(served, served.lease());
      }
    }
  }
}
