package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectAttempt;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.upkeep.Probe;
import dev.tidepool.net.Watchable;
import dev.tidepool.testing.NoopDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Borrowers storm an empty pool, ten thousand times, and none is forgotten. On real threads, but in
 * a world without time: no timer ever runs and no wait ever ends by itself, so a request that gets
 * lost is not made good a moment later by the upkeep; its borrower waits for ever.
 */
class ColdBurstTest {
  private static final int BURSTS = 10_000;
  private static final int BORROWERS = 5;

  /** One fewer than borrowers: the last has to wait for another's return. */
  private static final int CONNECTIONS = 4;

  private final NoopDataSource database = new NoopDataSource();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "cold-burst");
            thread.setDaemon(true);
            return thread;
          });
  private final Engine engine = engine();
  private final CyclicBarrier turn = new CyclicBarrier(BORROWERS + 1);
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void burstsOnAnEmptyPool_areServedToTheLastBorrower() throws Exception {
    engine.start(Duration.ofMinutes(1));
    for (int i = 0; i < BORROWERS; i++) {
      threads.execute(this::borrowInEachBurst);
    }
    for (int burst = 1; burst <= BURSTS; burst++) {
      assertThat(engine.drain(Duration.ofMinutes(1))).isTrue();
      engine.resume();
      assertThat(engine.stats().total()).isZero();
      turn.await(30, TimeUnit.SECONDS);
      awaitEnd(burst);
      assertThat(failure).hasNullValue();
      assertThat(served).hasValue(burst * BORROWERS);
    }
    assertThat(database.opened()).isGreaterThanOrEqualTo(BURSTS);
    engine.close();
    assertThat(database.openNow()).isZero();
  }

  private void awaitEnd(int burst) throws Exception {
    try {
      turn.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "burst %d: served %d of %d; %s"
              .formatted(burst, served.get() - (burst - 1) * BORROWERS, BORROWERS, engine.stats()),
          e);
    }
  }

  private void borrowInEachBurst() {
    try {
      for (int burst = 1; burst <= BURSTS; burst++) {
        turn.await();
        try (Connection connection = engine.pool().getConnection()) {
          assertThat(connection).isNotNull();
          served.incrementAndGet();
        }
        turn.await();
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      turn.reset();
    }
  }

  private Engine engine() {
    TidepoolConfig config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:noop:")
            .poolName("burst")
            .maximumPoolSize(CONNECTIONS)
            .minimumIdle(0)
            .initializationFailTimeout(Duration.ofMillis(-1))
            .build();
    return new Engine(
        config,
        source(),
        new Closer("burst", connection -> {}),
        alwaysAlive(),
        new DefaultFailureClassifier(),
        new Timeless());
  }

  private ConnectionSource source() {
    return new ConnectionSource() {
      @Override
      public PhysicalConnection open(ConnectAttempt attempt) {
        Connection connection = database.getConnection();
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
            connection, defaults, () -> {}, null, null, false, connection.toString(), null);
      }

      @Override
      public @Nullable Duration idleLimit() {
        return null;
      }
    };
  }

  private static Probe alwaysAlive() {
    return new Probe() {
      @Override
      public Checks.Verdict ask(
          PhysicalConnection connection, Duration timeout, Probe.Question question) {
        return Checks.Verdict.ALIVE;
      }

      @Override
      public Set<String> sessions(PhysicalConnection connection) throws SQLException {
        throw new SQLException("has no list of sessions");
      }
    };
  }

  /** Real workers and real waiting, but the clock stands still and no timer fires. */
  private final class Timeless extends PoolRuntime {
    Timeless() {
      super(0);
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void execute(Runnable task) {
      threads.execute(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
      return () -> {};
    }

    @Override
    public Repeated repeat(LongSupplier task) {
      return new Repeated() {
        @Override
        public void within(long nanos) {}

        @Override
        public void cancel() {}
      };
    }

    @Override
    public boolean watch(Watchable socket, Runnable onNews) {
      return false;
    }

    @Override
    public void park(Object blocker, long nanos) {
      LockSupport.park(blocker);
    }

    @Override
    public void unpark(Thread thread) {
      LockSupport.unpark(thread);
    }

    @Override
    public void release() {}
  }
}
