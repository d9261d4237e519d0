package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.pool.Engine;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Wherever a thread of the user's may wait in the pool, an interrupt reaches it: it is told so, or
 * finds its flag still up, and whoever comes next finds a pool that works, or is closed.
 *
 * <p>Borrowers who wait for a connection: {@code BorrowingTest}, {@code PoolLifecycleTest}; a close
 * that waits for the driver: {@code CloseTest}.
 */
class InterruptTest extends ScriptedPoolTest {
  private static volatile CountDownLatch making = new CountDownLatch(0);
  private static volatile CountDownLatch end = new CountDownLatch(0);

  /** While it is made, the engine is put together. */
  public static final class SlowToMake implements CredentialsProvider {
    /** For the pool. */
    public SlowToMake() {
      making.countDown();
      Await.openUninterruptibly(end);
    }

    @Override
    public Credentials credentials() {
      return new Credentials("sa", "");
    }
  }

  @AfterEach
  void letEverybodyGo() {
    end.countDown();
  }

  /** What a call ended with, and whether the flag of its thread was up then. */
  private static Call flagged(Callable<?> call, AtomicReference<Boolean> flag) {
    return new Call(
        () -> {
          try {
            return call.call();
          } finally {
            flag.set(Thread.currentThread().isInterrupted());
          }
        });
  }

  private Call hangingStart() {
    making = new CountDownLatch(1);
    end = new CountDownLatch(1);
    pool.setCredentialsProviderClassName(SlowToMake.class.getName());
    Call starter = new Call(() -> borrowed(pool.getConnection()));
    Await.open(making);
    return starter;
  }

  private static boolean borrowed(Connection connection) throws SQLException {
    try (connection) {
      return connection.isValid(5);
    }
  }

  private void assertThatThePoolWorks() throws SQLException {
    try (Connection first = pool.getConnection();
        Connection second = pool.getConnection()) {
      assertThat(first.isValid(5) && second.isValid(5)).isTrue();
      assertThat(pool.stats().active()).as("all there is").isEqualTo(2);
    }
    Await.until("nothing is lost", () -> database.openNow() == pool.stats().total());
    assertThat(pool.stats().waiting()).isZero();
  }

  // ---- start

  @Test
  void borrowerWhoWaitsForAnothersStart() throws SQLException {
    Call starter = hangingStart();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call second = flagged(pool::getConnection, flag);
    second.awaitWaitingIn(TidepoolDataSource.class, "startInterruptibly").interrupt();
    assertThat(second.await())
        .isInstanceOfSatisfying(
            PoolInterruptedException.class,
            e ->
                assertThat((Throwable) e)
                    .hasMessageContaining("interrupted while the pool started"));
    assertThat(flag).hasValue(true);
    assertThat(starter.isOver()).isFalse();
    end.countDown();
    assertThat(starter.await()).as("who starts is not disturbed").isEqualTo("true");
    assertThatThePoolWorks();
  }

  /** It returned false, as if the time were over. */
  @Test
  void prefillThatWaitsForAnothersStart() throws SQLException {
    Call starter = hangingStart();
    Call prefill = new Call(() -> pool.prefill(LONG));
    prefill.awaitWaitingIn(TidepoolDataSource.class, "startInterruptibly").interrupt();
    assertThat(prefill.await()).isInstanceOf(InterruptedException.class);
    end.countDown();
    assertThat(starter.await()).isEqualTo("true");
    assertThatThePoolWorks();
  }

  @Test
  void prefillThatStartsThePool() throws SQLException {
    pool.setInitializationFailTimeout(LONG);
    CountDownLatch reached = hangLogins();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call prefill = flagged(() -> pool.prefill(LONG), flag);
    Await.open(reached);
    prefill.awaitWaitingIn(Engine.class, "start").interrupt();
    assertThat(prefill.await()).isInstanceOf(InterruptedException.class);
    assertThat(flag).as("told by the exception").hasValue(false);
    letGo.countDown();
    database.onLogin(() -> {});
    assertThatThePoolWorks();
  }

  // ---- operations of a pool that runs

  @Test
  void prefillThatWaitsForTheMinimum() throws SQLException {
    pool.getConnection().close();
    CountDownLatch reached = hangLogins();
    pool.setMinimumIdle(2);
    Await.open(reached);
    Call prefill = new Call(() -> pool.prefill(LONG));
    prefill.awaitWaitingIn(Engine.class, "prefill").interrupt();
    assertThat(prefill.await()).isInstanceOf(InterruptedException.class);
    letGo.countDown();
    assertThatThePoolWorks();
  }

  @Test
  void drainThatWaitsForABorrower() throws SQLException {
    Connection held = pool.getConnection();
    Call drain = new Call(() -> pool.drain(LONG));
    drain.awaitWaitingIn(Engine.class, "drain").interrupt();
    assertThat(drain.await()).isInstanceOf(InterruptedException.class);
    assertThat(pool.isSuspended()).isTrue();
    held.close();
    Await.until("it goes on retiring", () -> database.openNow() == 0);
    pool.resume();
    assertThatThePoolWorks();
  }

  // ---- close

  private boolean closes() {
    pool.close();
    return pool.isClosed();
  }

  @Test
  void closeThatWaitsForAStart() {
    Call starter = hangingStart();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call close = flagged(this::closes, flag);
    close.awaitWaitingIn(TidepoolDataSource.class, "isStartOver").interrupt();
    assertThat(close.await()).isEqualTo("true");
    assertThat(flag).hasValue(true);
    assertThat(starter.isOver()).as("closed without it").isFalse();
    end.countDown();
    assertThat(starter.await()).isInstanceOf(PoolClosedException.class);
    assertThat(database.opened()).isEmpty();
  }

  /** One that would take until long after the end of the test. */
  @Test
  void closeThatWaitsForWhatAFailedStartBegan() {
    TidepoolConfig config =
        TidepoolConfig.builder().dataSource(database).poolName("failed").build();
    Engine engine = Wiring.engine(config, () -> config, false);
    FailedStarts failed = new FailedStarts();
    failed.add(engine);
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call waiting =
        flagged(
            () -> {
              failed.awaitEnd();
              return engine.hasEnded();
            },
            flag);
    waiting.awaitWaitingIn(Engine.class, "awaitEnd").interrupt();
    assertThat(waiting.await()).isEqualTo("false");
    assertThat(flag).hasValue(true);
    engine.close();
    failed.awaitEnd();
    assertThat(engine.hasEnded()).isTrue();
  }
}
