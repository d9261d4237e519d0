package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Health;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Where there is no memory for a task or a timer, something fails, but no place is lost for ever.
 */
class WantOfMemoryTest extends SimulatedPoolTest {
  private static final Duration SECONDS = Duration.ofSeconds(5);

  /** JUnit ends the whole run at an OutOfMemoryError. */
  private final Error error = new InternalError("no memory, of the test");

  /** What the runtime has seen is this error and nothing else. */
  private void expectError(PoolFixture pool) {
    assertThat(pool.runtime.failures()).containsOnly(error).isNotEmpty();
    pool.runtime.failures().clear(); // expected, as no other is
  }

  private static void assertServes(PoolFixture pool) {
    Connection connection = pool.get();
    PoolStats stats = pool.stats();
    assertThat(stats.active()).isEqualTo(1);
    assertThat(stats.connecting()).isZero();
    PoolFixture.giveBack(connection);
  }

  // ---- connects

  @Test
  void noTimerForAConnect_losesNoPlace() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.runtime.failNextTimer(error);
    pool.engine.inventory().connect(1, true);
    pool.runtime.runOneTask();
    assertThat(pool.engine.inventory().lastFailure().cause()).isSameAs(error);
    pool.advance(SECONDS);
    assertThat(pool.stats().connecting()).isZero();
    assertServes(pool);
  }

  @Test
  void noWorkerForAConnect_losesNoPlace() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.runtime.failNextTask(error);
    assertThatThrownBy(() -> pool.engine.inventory().connect(1, true)).isSameAs(error);
    assertThat(pool.stats().connecting()).isZero();
    assertServes(pool);
  }

  /** As where the class of what comes next cannot be loaded. */
  @Test
  void errorRightAfterALogin_losesNoPlace() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.onConnect(
        () -> {
          pool.runtime.failNextClock(error);
          throw new SQLException("connection refused", "08001");
        });
    pool.engine.inventory().connect(1, true);
    pool.runtime.runOneTask();
    expectError(pool);
    assertThat(pool.stats().connectFailures()).as("nothing was made of it").isZero();
    assertThat(pool.stats().connecting()).isZero();
    pool.acceptConnects();
    assertServes(pool);
  }

  /** Its thread will not see to that: it does not come back. */
  @Test
  void errorAsAHungLoginIsGivenUp_losesNoPlace() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectTimeout(SECONDS));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    AtomicBoolean interrupted = new AtomicBoolean();
    pool.onConnect(
        () -> {
          hang.run();
          interrupted.set(Thread.currentThread().isInterrupted());
        });
    pool.engine.inventory().connect(1, true);
    pool.runtime.schedule(() -> pool.runtime.failNextClock(error), SECONDS.toNanos());
    pool.advance(SECONDS);
    expectError(pool);
    assertThat(pool.stats().hungConnects()).isEqualTo(1);
    assertThat(pool.stats().connecting()).isZero();
    pool.acceptConnects();
    assertServes(pool);
    hang.end();
    pool.runtime.runTasks();
    assertThat(interrupted).as("it may have been there for ever").isTrue();
  }

  @Test
  void noWorkerForTheNewsOfAConnection_itServesAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.onConnect(() -> pool.runtime.failNextTask(error));
    pool.engine.inventory().connect(1, true);
    pool.advance(SECONDS);
    expectError(pool);
    assertThat(pool.stats().checking()).isZero();
    assertThat(pool.stats().idle()).isEqualTo(1);
    pool.acceptConnects();
    assertServes(pool);
  }

  @Test
  void noTimerForWhatFollowsFromAnArrival_theConnectionServesAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.refuseConnects();
    pool.engine.inventory().connect(1, true);
    pool.advanceMillis(500);
    assertThat(pool.stats().health()).isNotEqualTo(Health.UP); // so an arrival is looked into
    pool.onConnect(() -> pool.runtime.failNextTimer(error));
    pool.advance(SECONDS);
    pool.acceptConnects();
    expectError(pool);
    assertThat(pool.stats().opened()).isEqualTo(1);
    assertThat(pool.stats().checking()).isZero();
    assertServes(pool);
  }

  /** As if its frames were gone, finally blocks and all: HotSpot drops some for want of memory. */
  @Test
  void whoSuppliesNeverComesBack_othersDoSoAfterAWhile() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3));
    List<PoolFixture.Borrower> borrowers = new ArrayList<>();
    pool.runtime.beforeNextTask( // that is its connect
        () -> {
          borrowers.add(pool.borrow());
          borrowers.add(pool.borrow());
          pool.advanceMillis(2_900);
        });
    pool.reconfigure(c -> c.minimumIdle(1));
    assertThat(borrowers).hasSize(2);
    assertThat(borrowers.get(0).isServed()).isTrue();
    borrowers.get(0).giveBack();
  }

  @Test
  void noWorkerToGiveUpOneOfTheConnectsAtTheEnd_theOthersAreGivenUpAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.engine.inventory().connect(2, true);
    pool.runtime.runTasks();
    pool.runtime.failNextTask(error);
    assertThatThrownBy(() -> pool.engine.inventory().close()).isSameAs(error);
    assertThat(pool.stats().connecting()).isZero();
    assertThat(pool.stats().hungConnects()).isEqualTo(2);
    hang.end();
  }

  // ---- checks

  @Test
  void noWorkerForWhatFollowsFromACheck_norMemoryToTellOfIt_losesNoSlot() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.advance(SECONDS);
    pool.database.sessions().forEach(FakeDatabase.Session::demote);
    Connection used = pool.get();
    assertThatThrownBy(() -> used.createStatement().executeUpdate("update t set a = 1"))
        .isInstanceOf(SQLException.class);
    // Another is being asked whether it takes writes; that it does not, has a new one opened.
    pool.runtime.failNextTask(error);
    PrintStream before = System.err;
    System.setErr(new Unwritable());
    try {
      pool.runtime.runTasks();
    } finally {
      System.setErr(before);
    }
    pool.runtime.failNoMore();
    expectError(pool);
    pool.runtime.runTasks();
    assertThat(pool.stats().checking()).isZero();
    PoolFixture.giveBack(used);
    pool.advance(SECONDS);
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  private final class Unwritable extends PrintStream {
    Unwritable() {
      super(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      throw error;
    }
  }

  @Test
  void noTimerForTheLastPartOfADeadline_theCheckIsGivenUpAllTheSame() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .minimumIdle(1)
                    .keepaliveTime(Duration.ofSeconds(30))
                    .keepaliveTimeout(Duration.ofSeconds(15)));
    pool.advance(SECONDS);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    pool.advanceUntil(() -> hang.inside() > 0);
    pool.advanceMillis(14_000);
    pool.runtime.failNextTimer(error);
    pool.advance(SECONDS);
    expectError(pool);
    assertThat(pool.stats().retired(RetireReason.PING_TIMEOUT)).isEqualTo(1);
    assertThat(pool.stats().checking()).isZero();
    assertServes(pool);
  }

  // ---- health

  @Test
  void noTimerWhileDown_theEndIsNoticedAllTheSame() {
    int failed = 0;
    for (int wait = 0; wait < 100; wait++) {
      try (PoolFixture pool = PoolFixture.start(c -> c.maximumPoolSize(1))) {
        pool.refuseConnects();
        pool.engine.inventory().connect(1, true);
        for (int i = 0; i < wait; i++) {
          pool.advanceMillis(20);
        }
        pool.runtime.failNextTimer(error);
        pool.advance(SECONDS);
        failed += pool.runtime.failsNextTimer() ? 0 : 1;
        pool.runtime.failures().clear();
        pool.acceptConnects();
        pool.advance(Duration.ofSeconds(10));
        assertThat(pool.stats().health()).as("after %s steps", wait).isEqualTo(Health.UP);
      }
    }
    assertThat(failed).isPositive();
  }

  // ---- closes

  private PoolFixture withOneIdle() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    PoolFixture.giveBack(pool.get());
    pool.advance(SECONDS);
    return pool;
  }

  private static void assertClosed(PoolFixture pool, FakeDatabase.Session session) {
    assertThat(pool.database.sessions()).doesNotContain(session);
    assertThat(pool.stats().closing()).isZero();
    assertThat(pool.stats().closed()).isEqualTo(1);
    assertServes(pool);
  }

  @Test
  void noTimerForAClose_itIsCutOff() {
    PoolFixture pool = withOneIdle();
    FakeDatabase.Session session = pool.database.sessions().get(0);
    pool.engine.evict();
    pool.runtime.failNextTimer(error);
    pool.runtime.runTasks();
    expectError(pool);
    assertThat(pool.cutOff()).containsExactly(session);
    assertClosed(pool, session);
  }

  @Test
  void noTimerForAClose_andTheDriverHangs_thePlaceIsFree() {
    PoolFixture pool = withOneIdle();
    SimulatedRuntime.Hang abort = pool.runtime.hang();
    pool.database.sessions().get(0).onAbort(abort);
    pool.engine.evict();
    pool.runtime.failNextTimer(error);
    pool.runtime.runTasks();
    assertThat(abort.inside()).isEqualTo(1);
    PoolFixture.Borrower borrower = pool.borrow();
    pool.advanceMillis(300);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
    abort.end();
    pool.runtime.runTasks();
    expectError(pool);
  }

  @Test
  void noTimerForThePlaceOfAClose_itComesLater() {
    PoolFixture pool = withOneIdle();
    FakeDatabase.Session session = pool.database.sessions().get(0);
    pool.runtime.failNextTimer(error);
    assertThatThrownBy(() -> pool.engine.evict()).isSameAs(error);
    pool.advance(Duration.ofMinutes(1));
    assertClosed(pool, session);
  }

  /** Its borrower may have left it in the middle of something. */
  @Test
  void noWorkerToAskWhoWasUnwrapped_itIsNotLent() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection connection = pool.get();
    connection.createStatement().execute("select 1");
    connection.unwrap(FakeDatabase.DriverConnection.class);
    pool.runtime.failNextTask(error);
    assertThatThrownBy(connection::close).isSameAs(error);
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.VALIDATION_FAILED)).isEqualTo(1);
    assertServes(pool);
  }

  @Test
  void noWorkerForTheNewsOfAClose_itIsClosedAllTheSame() {
    PoolFixture pool = withOneIdle();
    FakeDatabase.Session session = pool.database.sessions().get(0);
    pool.runtime.failNextTask(error);
    assertThatThrownBy(() -> pool.engine.evict()).isSameAs(error);
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(1);
    assertClosed(pool, session);
  }

  @Test
  void noWorkerForAClose_itComesLater() {
    PoolFixture pool = withOneIdle();
    FakeDatabase.Session session = pool.database.sessions().get(0);
    pool.engine.events().remove(pool.events); // so that the close is the next task
    pool.runtime.failNextTask(error);
    assertThatThrownBy(() -> pool.engine.evict()).isSameAs(error);
    assertThat(pool.stats().closing()).isEqualTo(1);
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).as("the place is free all the same").isTrue();
    borrower.giveBack();
    pool.advance(Duration.ofMinutes(1));
    assertClosed(pool, session);
  }

  @Test
  void noWorkerWhileThePoolIsClosed_everythingIsClosedAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4));
    pool.engine.events().remove(pool.events); // so that the closes are the next tasks
    pool.advance(SECONDS);
    assertThat(pool.database.openNow()).isEqualTo(4);
    pool.runtime.failNextTask(error);
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.stats().closing()).isZero();
  }

  @Test
  void noWorkerForTheNewsThatThePoolCloses_itClosesAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4));
    pool.advance(SECONDS);
    pool.runtime.failNextTask(error);
    assertThatThrownBy(() -> pool.engine.close()).isSameAs(error);
    pool.runtime.runTasks();
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.runtime.isReleased()).isTrue();
  }

  @Test
  void noWorkerToEndAStartThatFailed_itIsEndedAllTheSame() {
    PoolFixture pool =
        create(c -> c.maximumPoolSize(1).initializationFailTimeout(Duration.ofMillis(1)));
    pool.refuseConnects();
    pool.engine
        .events()
        .add(
            new PoolListener() {
              @Override
              public void connectFailed(Throwable cause, Duration took) {
                pool.runtime.failNextTask(error);
              }
            });
    assertThatThrownBy(() -> pool.engine.start(Duration.ofMinutes(1))).isSameAs(error);
    assertThat(pool.runtime.isReleased()).isTrue();
    assertThat(pool.runtime.failures()).isEmpty();
  }

  @Test
  void noWorkerToTellThatALeakCameBack_theConnectionIsBackAllTheSame() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(1).leakDetectionThreshold(Duration.ofSeconds(2)));
    pool.engine.events().add(new PoolListener() {});
    Connection leaked = pool.get();
    pool.advance(SECONDS);
    assertThat(pool.stats().leaks()).isEqualTo(1);
    pool.engine.evict();
    pool.runtime.failNextTask(error);
    assertThatThrownBy(leaked::close).isSameAs(error);
    pool.advance(SECONDS);
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(1);
    assertServes(pool);
  }

  /** The borrower owns the slot already, and nobody else would ever free it. */
  @Test
  void noMemoryForALookAtTheSocket_losesNoSlot() {
    PoolFixture pool = create(c -> c.maximumPoolSize(1));
    pool.watchableSockets();
    pool.start();
    PoolFixture.giveBack(pool.get());
    pool.advanceMillis(200); // no longer hot, and still fresh
    pool.database.sessions().get(0).failNextLook(error);
    assertServes(pool);
    assertThat(pool.stats().validations()).isEqualTo(1);
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  // ---- passes

  @Test
  void noWorkerForAPing_theHeartbeatGoesOn() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(1).minimumIdle(1).keepaliveTime(Duration.ofSeconds(10)));
    pool.advance(Duration.ofSeconds(60));
    assertThat(pool.stats().pings()).isPositive();
    // All is quiet: the next task is the next ping.
    pool.runtime.schedule(() -> pool.runtime.failNextTask(error), 0);
    long before = pool.stats().pings();
    pool.advance(Duration.ofMinutes(10));
    expectError(pool);
    assertThat(pool.stats().pings() - before).isGreaterThan(50);
  }
}
