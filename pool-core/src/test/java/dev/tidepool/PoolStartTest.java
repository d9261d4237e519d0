package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.config.TidepoolConfigException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** How a pool starts, and what can be changed afterwards, on real threads. */
class PoolStartTest extends ScriptedPoolTest {
  // ---- start

  @Test
  void bean_opensNothingBeforeItIsUsed() throws SQLException {
    pool.setMinimumIdle(2);
    assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(2);
    assertThat(database.opened()).isEmpty();
    pool.getConnection().close();
    assertThat(pool.stats().state()).isEqualTo(PoolState.RUNNING);
  }

  @Test
  void configuredPool_thatCannotConnect_throwsAtOnce_andLeavesNothing() {
    database.onLogin(ScriptedPoolTest::refuse);
    TidepoolConfig config = TidepoolConfig.builder().dataSource(database).poolName("eager").build();
    assertThatThrownBy(() -> new TidepoolDataSource(config))
        .isInstanceOf(PoolStartException.class)
        .hasMessageContaining("eager: could not open the first connection")
        .hasMessageContaining("the database is starting up");
  }

  /** Each start waits for as long as it takes to know, and for no caller's patience. */
  @Test
  void configuredPool_whoseLoginsHang_throws() {
    CountDownLatch reached = hangLogins();
    TidepoolConfig config =
        TidepoolConfig.builder()
            .dataSource(database)
            .poolName("eager")
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    assertThatThrownBy(() -> new TidepoolDataSource(config))
        .isInstanceOf(PoolStartException.class)
        .hasMessageContaining("eager: could not open the first connection");
    Await.open(reached);
  }

  @Test
  void beanThatCannotStart_throwsFromGetConnection_andTriesAgainNextTime() throws SQLException {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    database.onLogin(ScriptedPoolTest::refuse);
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining("could not open the first connection")
        .hasRootCauseMessage("the database is starting up");
    assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    // Open for changes again, and for another try.
    pool.setMaximumPoolSize(3);
    pool.setConnectTimeout(LONG);
    database.onLogin(() -> {});
    pool.getConnection().close();
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(3);
  }

  /** Such as a log appender that writes to this very database: it must not start a second pool. */
  @Test
  void startThatAsksForAConnectionItself_isRefused_andGoesOn() throws SQLException {
    Thread starter = Thread.currentThread();
    AtomicReference<Throwable> refused = new AtomicReference<>();
    pool.setThreadFactory(
        task -> {
          if (Thread.currentThread().equals(starter) && refused.get() == null) {
            try (Connection unexpected = pool.getConnection()) {
              throw new AssertionError("lent " + unexpected);
            } catch (SQLException e) {
              refused.set(e);
            }
          }
          Thread thread = new Thread(task, "of the test");
          thread.setDaemon(true);
          return thread;
        });
    pool.getConnection().close();
    assertThat(refused.get())
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining("scripted: still starting, and asked for a connection by what");
    assertThat(database.opened()).hasSize(1);
    assertThat(pool.stats().total()).isEqualTo(1);
  }

  @Test
  void connectionTimeoutThatNoClockCanKeep_isReportedWhenThePoolStarts() {
    pool.setConnectionTimeout(ChronoUnit.FOREVER.getDuration());
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageContaining("connectionTimeout");
  }

  @Test
  void wrongConfiguration_isReportedWhenThePoolStarts() {
    pool.setMinimumIdle(5);
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageStartingWith("scripted: the pool's configuration has 1 problem:")
        .hasMessageContaining("minimumIdle");
    assertThat(database.opened()).isEmpty();
  }

  @Test
  void start_countsAgainstTheFirstBorrower_andTheOthersWhoWaitForIt() {
    pool.setInitializationFailTimeout(LONG);
    pool.setConnectionTimeout(SHORT);
    CountDownLatch reached = hangLogins();
    Call first = new Call(pool::getConnection);
    Await.open(reached);
    Call second = new Call(pool::getConnection);
    assertThat(first.await()).isInstanceOf(SQLTransientConnectionException.class);
    assertThat(second.await()).isInstanceOf(SQLTransientConnectionException.class);
  }

  @Test
  void interruptDuringTheStart_isHonoured_andTheFlagKept() {
    pool.setInitializationFailTimeout(LONG);
    CountDownLatch reached = hangLogins();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call first =
        new Call(
            () -> {
              try {
                return pool.getConnection();
              } finally {
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    Await.open(reached);
    first.interrupt();
    assertThat(first.await()).isInstanceOf(PoolInterruptedException.class);
    assertThat(flag).hasValue(true);
  }

  @Test
  void closeDuringTheStart_endsIt() {
    pool.setInitializationFailTimeout(LONG);
    CountDownLatch reached = hangLogins();
    Call first = new Call(pool::getConnection);
    Await.open(reached);
    pool.close();
    assertThat(first.await()).isInstanceOf(PoolClosedException.class);
    assertThat(pool.stats().state()).isEqualTo(PoolState.CLOSED);
  }

  /** It reached neither the engine that was starting nor, later, the one that ran. */
  @Test
  void changeDuringTheStart_isNotLost() throws SQLException {
    pool.setInitializationFailTimeout(LONG);
    CountDownLatch reached = hangLogins();
    Call first = new Call(() -> pool.getConnection().isClosed());
    Await.open(reached);
    pool.setMaximumPoolSize(7);
    letGo.countDown();
    assertThat(first.await()).isEqualTo("false");
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(7);
  }

  // ---- changes while it runs

  @Test
  void changesWhileRunning_takeEffect() throws SQLException {
    List<Connection> held = new ArrayList<>(List.of(pool.getConnection(), pool.getConnection()));
    pool.setConnectionTimeout(LONG);
    Call third = new Call(() -> pool.getConnection().isClosed());
    Await.until("a waiter", () -> pool.stats().waiting() == 1);
    pool.setMaximumPoolSize(3);
    assertThat(third.await()).isEqualTo("false");
    for (Connection connection : held) {
      connection.close();
    }
    pool.setMaximumWaiters(1);
    assertThat(pool.getMaximumWaiters()).isEqualTo(1);
  }

  @Test
  void changeThatBreaksARule_changesNothing() throws SQLException {
    pool.getConnection().close();
    assertThatThrownBy(() -> pool.setMaximumPoolSize(0))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageStartingWith("scripted: the pool's configuration has 1 problem:");
    assertThatThrownBy(() -> pool.setMinimumIdle(3)).isInstanceOf(TidepoolConfigException.class);
    assertThat(pool.getMaximumPoolSize()).isEqualTo(2);
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(2);
    assertThat(pool.stats().minimumIdle()).isZero();
  }

  @Test
  void fixedProperty_cannotBeChangedWhileRunning() throws SQLException {
    pool.getConnection().close();
    assertThatThrownBy(() -> pool.setPoolName("other"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scripted: poolName is fixed once the pool runs");
    assertThatThrownBy(() -> pool.setConnectTimeout(LONG))
        .isInstanceOf(IllegalStateException.class);
    // As an object it can be changed, by the name of its class it cannot.
    assertThatThrownBy(() -> pool.setProperty("credentialsProvider", "com.example.Vault"))
        .isInstanceOf(IllegalStateException.class);
    pool.setProperty("credentialsProvider", null);
    assertThat(pool.getPoolName()).isEqualTo("scripted");
  }

  /** Its constructor runs while the engine is put together. */
  public static final class SlowToMake implements CredentialsProvider {
    static final CountDownLatch reached = new CountDownLatch(1);
    static volatile BooleanSupplier end = () -> true;

    /** Takes until the test says so. */
    public SlowToMake() {
      reached.countDown();
      Await.until("the end of the constructor", end);
    }

    @Override
    public Credentials credentials() {
      return new Credentials("sa", "");
    }
  }

  @Test
  void closeWhileTheEngineIsPutTogether_endsTheStart() throws InterruptedException {
    SlowToMake.end = pool::isClosed;
    pool.setCredentialsProviderClassName(SlowToMake.class.getName());
    pool.setInitializationFailTimeout(LONG);
    pool.setConnectionTimeout(LONG);
    hangLogins();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread borrower =
        new Thread(
            () -> {
              try {
                pool.getConnection().close();
              } catch (Throwable t) {
                failure.set(t);
              }
            });
    borrower.start();
    SlowToMake.reached.await();
    long begun = System.nanoTime();
    pool.close();
    borrower.join();
    assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(5).toNanos());
    assertThat(failure.get()).isInstanceOf(PoolClosedException.class);
  }

  @Test
  void prefillBeforeTheStart_takesTheLongestDuration() throws InterruptedException {
    assertThat(pool.prefill(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
  }
}
