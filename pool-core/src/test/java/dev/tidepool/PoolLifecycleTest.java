package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import dev.tidepool.testing.NoopDataSource;
import dev.tidepool.testing.RecordingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The life of a pool as its user sees it, on real threads: borrow, operate, close. */
class PoolLifecycleTest extends ScriptedPoolTest {
  // ---- borrowing with real threads

  @Test
  void close_wakesWaiters() throws SQLException {
    pool.setConnectionTimeout(LONG);
    List<Connection> held = List.of(pool.getConnection(), pool.getConnection());
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(new Call(pool::getConnection));
    }
    Await.until("five waiters", () -> pool.stats().waiting() == 5);
    pool.close();
    for (Call call : calls) {
      assertThat(call.await()).isInstanceOf(PoolClosedException.class);
    }
    for (Connection connection : held) {
      assertThat(connection.isClosed()).isTrue();
      connection.close();
    }
    assertThat(database.openNow()).isZero();
  }

  @Test
  void interrupt_endsAWait() throws SQLException {
    pool.setConnectionTimeout(LONG);
    List<Connection> held = List.of(pool.getConnection(), pool.getConnection());
    Call call = new Call(pool::getConnection);
    Await.until("a waiter", () -> pool.stats().waiting() == 1);
    call.interrupt();
    assertThat(call.await()).isInstanceOf(PoolInterruptedException.class);
    assertThat(pool.stats().waiting()).isZero();
    for (Connection connection : held) {
      connection.close();
    }
  }

  @Test
  void hungLogin_boundsTheBorrower_andIsClosedWhenItComes() throws SQLException {
    pool.setConnectionTimeout(SHORT);
    pool.setConnectTimeout(Duration.ofMillis(100));
    CountDownLatch reached = hangLogins();
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);
    Await.open(reached);
    Await.until("the login is given up", () -> pool.stats().hungConnects() > 0);
    database.onLogin(() -> {});
    letGo.countDown();
    Await.until("it comes back", () -> pool.stats().hungConnects() == 0);
    pool.setConnectionTimeout(LONG);
    pool.getConnection().close();
    Await.until("late ones are closed", () -> database.openNow() == pool.stats().total());
  }

  /** A DataSource may be anything, such as a database in this process: see EmbeddedDatabaseTest. */
  @Test
  void loginOfADataSource_isNotInterrupted() {
    pool.setConnectionTimeout(SHORT);
    pool.setConnectTimeout(Duration.ofMillis(100));
    CountDownLatch interrupted = new CountDownLatch(1);
    database.onLogin(
        () -> {
          try {
            letGo.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw new SQLException("interrupted", e);
          }
        });
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);
    assertThat(pool.stats().hungConnects()).isPositive();
    letGo.countDown();
    Await.until("no login hangs", () -> pool.stats().hungConnects() == 0);
    assertThat(interrupted.getCount()).isEqualTo(1);
  }

  @Test
  void loginThatInterruptsItsThread_harmsNobody() throws SQLException {
    List<Boolean> before = new CopyOnWriteArrayList<>();
    database.onLogin(
        () -> {
          before.add(Thread.currentThread().isInterrupted());
          Thread.currentThread().interrupt();
        });
    try (Connection first = pool.getConnection();
        Connection second = pool.getConnection()) {
      assertThat(first.isValid(5)).isTrue();
      assertThat(second.isValid(5)).isTrue();
    }
    assertThat(before).as("nobody inherits it").containsExactly(false, false);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(pool.stats().connectFailures()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
  }

  // ---- operations before, during and after

  @Test
  void operationsBeforeTheStart_takeEffectThen() throws Exception {
    RecordingListener removed = new RecordingListener();
    RecordingListener listener = new RecordingListener();
    pool.addListener(removed);
    pool.addListener(listener);
    pool.removeListener(removed);
    pool.evict();
    assertThat(pool.drain(SHORT)).isTrue();
    assertThat(pool.isSuspended()).isTrue();
    pool.resume();
    assertThat(pool.isSuspended()).isFalse();
    pool.suspend();
    assertThat(database.opened()).isEmpty();

    pool.setConnectionTimeout(SHORT);
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);
    assertThat(pool.isSuspended()).isTrue();
    assertThat(pool.stats().state()).isEqualTo(PoolState.SUSPENDED);
    pool.resume();
    pool.setConnectionTimeout(LONG);
    pool.getConnection().close();
    Await.until("the event", () -> !listener.lines("opened 1").isEmpty());
    assertThat(removed.lines()).isEmpty();
  }

  /** The start opened a connection all the same, to see whether it can. */
  @Test
  void drainBeforeTheStart_nothingIsOpened_untilResume() throws Exception {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    pool.setConnectionTimeout(SHORT);
    assertThat(pool.drain(SHORT)).isTrue();
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(PoolTimeoutException.class)
        .hasMessageContaining("The pool is suspended; call resume()");
    assertThat(database.opened()).isEmpty();
    pool.resume();
    pool.setConnectionTimeout(LONG);
    pool.getConnection().close();
  }

  @Test
  void listeners_canComeAndGo() throws SQLException {
    pool.getConnection().close();
    RecordingListener listener = new RecordingListener();
    pool.addListener(listener);
    pool.suspend();
    pool.resume();
    Await.until("both events", () -> listener.lines().size() == 2);
    pool.removeListener(listener);
    pool.suspend();
    assertThat(listener.lines()).containsExactly("RUNNING -> SUSPENDED", "SUSPENDED -> RUNNING");
    pool.resume();
  }

  @Test
  void evict_byConnection_isForBorrowedOnesOnly() throws SQLException {
    Connection connection = pool.getConnection();
    pool.evict(connection);
    connection.close();
    Await.until("closed", () -> database.openNow() == 0);
    Connection next = pool.getConnection();
    pool.evict(connection); // over, and no business of the next one's
    next.close();
    assertThat(database.openNow()).isEqualTo(1);
    try (Connection other = new NoopDataSource().getConnection()) {
      assertThatThrownBy(() -> pool.evict(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("scripted: not a connection of this pool");
    }
  }

  @Test
  void evict_takesIdleOnes() throws SQLException {
    pool.getConnection().close();
    pool.evict();
    Await.until("closed", () -> database.openNow() == 0);
  }

  @Test
  void drainAndResume() throws Exception {
    pool.getConnection().close();
    assertThat(pool.drain(LONG)).isTrue();
    assertThat(database.openNow()).isZero();
    assertThat(pool.isSuspended()).isTrue();
    pool.resume();
    pool.getConnection().close();
  }

  @Test
  void prefill_startsThePool_andSaysWhetherItIsFull() throws Exception {
    pool.setMinimumIdle(2);
    assertThat(pool.prefill(LONG)).isTrue();
    Await.until("both are idle", () -> pool.stats().idle() == 2);
    pool.close();
    assertThat(pool.prefill(SHORT)).isFalse();
  }

  @Test
  void prefill_thatCannotStartThePool_isFalse() throws Exception {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    database.onLogin(ScriptedPoolTest::refuse);
    assertThat(pool.prefill(LONG)).isFalse();
  }

  // ---- end

  @Test
  void unusedPool_closes() {
    pool.suspend();
    pool.close();
    pool.close();
    assertThat(pool.isClosed()).isTrue();
    assertThat(pool.isSuspended()).isFalse();
    assertThat(pool.stats().state()).isEqualTo(PoolState.CLOSED);
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(PoolClosedException.class)
        .hasMessage("scripted is closed");
  }

  @Test
  void closedPool_answersAndDoesNothing() throws Exception {
    pool.getConnection().close();
    pool.close();
    pool.close();
    pool.suspend();
    pool.resume();
    pool.evict();
    assertThat(pool.drain(SHORT)).isTrue();
    pool.setMaximumPoolSize(9);
    pool.addListener(new RecordingListener());
    assertThat(pool.isSuspended()).isFalse();
    assertThat(pool.stats().state()).isEqualTo(PoolState.CLOSED);
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.stats().opened()).isEqualTo(1);
    assertThat(database.openNow()).isZero();
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolClosedException.class);
  }

  @Test
  void closeFromSeveralThreads_closesOnce() throws SQLException {
    try (Connection held = pool.getConnection()) {
      assertThat(held.isClosed()).isFalse();
      List<Call> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(
            new Call(
                () -> {
                  pool.close();
                  return "closed";
                }));
      }
      for (Call call : calls) {
        assertThat(call.await()).isEqualTo("closed");
      }
    }
    assertThat(pool.stats().opened()).isEqualTo(pool.stats().closed());
    assertThat(database.openNow()).isZero();
  }

  @Test
  void usersThreads_areUsed_andEndWithThePool() throws SQLException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    pool.setThreadFactory(
        task -> {
          Thread thread = new Thread(task, "users");
          thread.setDaemon(true);
          threads.add(thread);
          return thread;
        });
    AtomicReference<Thread> connector = new AtomicReference<>();
    database.onLogin(() -> connector.set(Thread.currentThread()));
    pool.getConnection().close();
    assertThat(threads).contains(connector.get());
    pool.close();
    threads.forEach(Await::end);
  }

  @Test
  void sharedThreads_endWithTheLastPool() throws SQLException {
    AtomicReference<Thread> connector = new AtomicReference<>();
    database.onLogin(() -> connector.set(Thread.currentThread()));
    pool.getConnection().close();
    pool.close();
    assertThat(connector.get().getName()).startsWith("tidepool-worker-");
    Await.end(connector.get());
  }

  // ---- javax.sql

  @Test
  void unwrap_reachesTheTarget() throws SQLException {
    assertThat(pool.unwrap(JdbcDataSource.class)).isNotNull();
    assertThat(pool.isWrapperFor(JdbcDataSource.class)).isTrue();
    assertThat(pool.isWrapperFor(Integer.class)).isFalse();
    assertThatThrownBy(() -> new TidepoolDataSource().unwrap(Integer.class))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("is not a wrapper for java.lang.Integer");
  }

  @Test
  void logWriterAndLoginTimeout_areKept() {
    PrintWriter writer = new PrintWriter(new StringWriter());
    pool.setLogWriter(writer);
    pool.setLoginTimeout(7);
    assertThat(pool.getLogWriter()).isSameAs(writer);
    assertThat(pool.getLoginTimeout()).isEqualTo(7);
    assertThatThrownBy(pool::getParentLogger).isInstanceOf(SQLFeatureNotSupportedException.class);
  }
}
