package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Health;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.ConnectFailure;
import dev.tidepool.internal.inventory.ConnectLog;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Drivers that are told when a request begins: what becomes of the borrower if that goes wrong. */
class RequestBeginTest extends SimulatedPoolTest {
  private static final long TICK_MILLIS = PoolRuntime.TICK_NANOS / 1_000_000;

  private PoolFixture pool() {
    PoolFixture pool =
        create(
            c ->
                c.maximumPoolSize(1)
                    .minimumIdle(1)
                    .validationTimeout(Duration.ofSeconds(1))
                    .connectionTimeout(Duration.ofSeconds(3)));
    pool.requestBoundaries();
    pool.start();
    return pool;
  }

  @Test
  void hungBegin_isCutOff_andTheBorrowerTakesAnother() {
    PoolFixture pool = pool();
    FakeDatabase.Session first = pool.database.sessions().get(0);
    SimulatedRuntime.Hang hang = pool.hang(first);
    Borrower borrower = pool.borrow();
    pool.advanceMillis(1_000 - 2 * TICK_MILLIS);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
    pool.advanceMillis(2 * TICK_MILLIS);
    assertThat(pool.stats().retired(RetireReason.VALIDATION_TIMEOUT)).isEqualTo(1);
    assertThat(first.isClosed()).isTrue();
    assertThat(borrower.isWaiting()).isTrue();
    hang.end();
    pool.advanceMillis(1);
    assertThat(pool.session(borrower.connection())).isNotSameAs(first);
    borrower.giveBack();
  }

  @Test
  void hungBegin_thatLetsGoTooLate_isATimeout() {
    PoolFixture pool = pool();
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.hangConnects();
    pool.advance(Duration.ofSeconds(4));
    hang.end();
    pool.advanceMillis(1);
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
  }

  /** What it has waited before counts, too. */
  @Test
  void hungBegin_isCutOffWhenTheBorrowersTimeIsOver() {
    PoolFixture pool =
        create(
            c ->
                c.maximumPoolSize(1)
                    .validationTimeout(Duration.ofSeconds(1))
                    .connectionTimeout(Duration.ofSeconds(2)));
    pool.requestBoundaries();
    pool.start();
    pool.slowConnects(Duration.ofMillis(1_400));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.onNextCall(hang);
          return session;
        });
    Borrower borrower = pool.borrow();
    pool.advanceMillis(2_000 - 2 * TICK_MILLIS);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
    pool.advanceMillis(2 * TICK_MILLIS);
    assertThat(pool.stats().retired(RetireReason.VALIDATION_TIMEOUT)).isEqualTo(1);
    hang.end();
    pool.advanceMillis(1);
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
  }

  /** Nor is it taken back for that: it is cut off in its own time. */
  @Test
  void whoStillWaitsForTheDriver_hasNotLeakedTheConnection() {
    PoolFixture pool =
        create(
            c ->
                c.maximumPoolSize(1)
                    .minimumIdle(1)
                    .connectionTimeout(Duration.ofSeconds(30))
                    .validationTimeout(Duration.ofSeconds(20))
                    .leakDetectionThreshold(Duration.ofSeconds(2))
                    .maxBorrowTime(Duration.ofSeconds(4)));
    pool.requestBoundaries();
    pool.start();
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advance(Duration.ofSeconds(15));
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.stats().leaks()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
    hang.end();
    pool.advanceMillis(1);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  /** A timer for each borrow would have all borrowers meet at the timers' lock. */
  @Test
  void manyBorrows_setNoTimers() {
    PoolFixture pool = pool();
    PoolFixture.giveBack(pool.get());
    int after = pool.runtime.alarms();
    for (int i = 0; i < 100; i++) {
      PoolFixture.giveBack(pool.get());
    }
    assertThat(pool.runtime.alarms()).isEqualTo(after);
  }

  /** Long after the looks have become rare. */
  @Test
  void laterHungBegin_isCutOffInTime_too() {
    PoolFixture pool = pool();
    PoolFixture.giveBack(pool.get());
    pool.advanceMillis(330);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(1_000);
    assertThat(pool.stats().retired(RetireReason.VALIDATION_TIMEOUT)).isEqualTo(1);
    hang.end();
    pool.advanceUntil(borrower::isServed);
    borrower.giveBack();
  }

  /** The answer was there all the time, and nobody could read it. */
  @Test
  void standstillWhileItIsTold_costsNoConnection() {
    PoolFixture pool = pool();
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(100);
    pool.runtime.standStill(Duration.ofSeconds(10));
    hang.end();
    pool.advanceMillis(10);
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().retired()).isEmpty();
    borrower.giveBack();
  }

  /** As where a quota of processor time stops the process again and again. */
  @Test
  void standstillsWithoutEnd_theCallIsCutOffAllTheSame() {
    PoolFixture pool = pool();
    pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(100);
    for (int i = 0; i < 25; i++) {
      pool.runtime.standStill(Duration.ofMillis(500));
    }
    assertThat(borrower.isWaiting()).isTrue();
    assertThat(pool.stats().retired(RetireReason.VALIDATION_TIMEOUT)).isEqualTo(1);
  }

  @Test
  void sessionThatIsOver_isNotLent() {
    PoolFixture pool = pool();
    FakeDatabase.Session first = pool.database.sessions().get(0);
    first.kill();
    Borrower borrower = pool.borrow();
    pool.advanceUntil(borrower::isServed);
    assertThat(pool.session(borrower.connection())).isNotSameAs(first);
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(1);
    borrower.giveBack();
  }

  @Test
  void errorOnTheWayToTheBorrower_isNoBorrow() {
    PoolFixture pool = pool();
    pool.runtime.failNextClock(new InternalError("of the test"));
    assertThatThrownBy(pool.engine.pool()::getConnection).isInstanceOf(InternalError.class);
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isEqualTo(1);
    assertThat(pool.stats().borrows()).isZero();
  }

  /** The server lets sessions in and ends them, or the driver has a bug. */
  private static void killNewOnes(PoolFixture pool) {
    pool.slowConnects(Duration.ofMillis(20));
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.kill();
          return session;
        });
  }

  /** Each borrower had sessions opened as fast as they could be: thousands in a second. */
  @Test
  void newSessionsThatDieInTheirFirst_areOpenedWithPauses_asAfterFailedConnects() {
    PoolFixture pool = create(c -> c.maximumPoolSize(10).connectionTimeout(Duration.ofSeconds(30)));
    pool.requestBoundaries();
    pool.start();
    killNewOnes(pool);
    List<Borrower> borrowers = Stream.generate(pool::borrow).limit(20).toList();
    pool.advance(Duration.ofSeconds(29));
    assertThat(pool.connects()).as("some for each pause of 0.4 to 0.8 s").isBetween(30, 300);
    assertThat(pool.stats().connectFailures())
        .as("all but what is under way")
        .isBetween(pool.connects() - 2L, (long) pool.connects());
    assertThat(pool.stats().borrows()).isZero();
    assertThat(pool.stats().health()).isNotEqualTo(Health.UP);
    pool.advance(Duration.ofSeconds(2));
    assertThat(borrowers)
        .allSatisfy(
            borrower ->
                assertThat(borrower.failure())
                    .isInstanceOf(PoolTimeoutException.class)
                    .hasMessageContaining("a new session ended in its first beginRequest (")
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("08006"));
    ConnectFailure last = pool.engine.inventory().lastFailure();
    assertThat(last.cause()).as("keeps no class of its borrower").hasNoCause();
    assertThat(last.cause().getStackTrace()).isEmpty();
  }

  @Test
  void firstThatIsLentAgain_endsThePauses() {
    PoolFixture pool = create(c -> c.maximumPoolSize(10));
    pool.requestBoundaries();
    pool.start();
    killNewOnes(pool);
    List<Borrower> borrowers = Stream.generate(pool::borrow).limit(10).toList();
    pool.advance(Duration.ofSeconds(2));
    pool.sessionsFrom(pool.database::open);
    try (LogCapture log = new LogCapture(ConnectLog.class)) {
      pool.advanceUntil(() -> borrowers.stream().anyMatch(Borrower::isServed));
      pool.advanceMillis(20);
      assertThat(log.count("connected again after ")).isEqualTo(1);
    }
    assertThat(borrowers).allMatch(Borrower::isServed);
    assertThat(pool.stats().borrows()).isEqualTo(10);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    borrowers.forEach(Borrower::giveBack);
  }

  /** Else a pool that nobody uses would never be up again. */
  @Test
  void nobodyBorrowsAnyMore_aLoginEndsThePausesAfterAWhile() {
    PoolFixture pool = create(c -> c.maximumPoolSize(10));
    pool.requestBoundaries();
    pool.start();
    killNewOnes(pool);
    Borrower borrower = pool.borrow();
    pool.advance(Duration.ofSeconds(4));
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(pool.stats().health()).isNotEqualTo(Health.UP);
    pool.advance(Duration.ofSeconds(20));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    assertThat(pool.stats().total()).isBetween(1, 5);
  }

  /** Its borrower gets an older one, so that nothing is lent for the first time for a while. */
  @Test
  void oneThatDiesInItsFirst_hasNoMoreOpenedThanNeeded() {
    PoolFixture pool =
        create(c -> c.maximumPoolSize(50).minimumIdle(1).connectionTimeout(Duration.ofSeconds(30)));
    pool.requestBoundaries();
    pool.start();
    for (int i = 0; i < 3; i++) {
      PoolFixture.giveBack(pool.get());
    }
    Connection held = pool.get();
    pool.slowConnects(Duration.ofMillis(5));
    boolean[] killed = new boolean[1];
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          if (!killed[0]) {
            killed[0] = true;
            session.kill();
          }
          return session;
        });
    Borrower borrower = pool.borrow();
    pool.advanceMillis(8);
    assertThat(pool.stats().connectFailures()).isEqualTo(1);
    assertThat(borrower.isWaiting()).isTrue();
    PoolFixture.giveBack(held);
    pool.advanceMillis(2);
    borrower.giveBack();
    pool.advance(Duration.ofSeconds(10));
    assertThat(pool.stats().total()).isLessThan(6);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }
}
