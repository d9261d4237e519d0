package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The whole process stands still, in a collection of garbage or a suspended machine, while answers
 * come that nobody reads. Not one connection may be lost for that.
 */
class StandstillTest extends SimulatedPoolTest {
  private static final Duration TIME = Duration.ofSeconds(10);

  /** Sessions need a moment for each answer, so that there is always a check to be met. */
  private PoolFixture pool(int connections) {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(connections)
                    .minimumIdle(connections)
                    .keepaliveTime(TIME)
                    .connectionTimeout(Duration.ofMinutes(5)));
    pool.database
        .sessions()
        .forEach(s -> s.onEachCall(() -> pool.runtime.take(Duration.ofMillis(50))));
    return pool;
  }

  private static void untilPinging(PoolFixture pool) {
    long before = pool.stats().pings();
    for (int i = 0; pool.stats().pings() == before || pool.stats().checking() == 0; i++) {
      assertThat(i).as("steps of 1 ms, in vain").isLessThan(60_000);
      pool.advanceMillis(1);
    }
  }

  private static void expectNothingLost(PoolFixture pool) {
    pool.advance(Duration.ofSeconds(5));
    assertThat(pool.stats().retired()).isEmpty();
    assertThat(pool.stats().pingFailures()).isZero();
    assertThat(pool.stats().validationFailures()).isZero();
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    assertThat(pool.stats().suspicions()).as("nobody is suspected").isZero();
    assertThat(pool.stats().pathIdleLimit()).isNull();
  }

  /** The clocks stood still meanwhile: every connection looks as if it had spoken just now. */
  @Test
  void suspendedMachine_everyConnectionIsAsked_notAllAtOnce_andNoneIsLost() {
    PoolFixture pool = pool(40);
    pool.advance(TIME.dividedBy(10));
    assertThat(pool.stats().pings()).isZero();
    pool.runtime.suspend(Duration.ofHours(8));
    for (int i = 0; i < 500; i++) {
      pool.advanceMillis(1);
      assertThat(pool.stats().checking()).isLessThanOrEqualTo(16);
    }
    assertThat(pool.stats().pings()).isEqualTo(40);
    expectNothingLost(pool);
  }

  @Test
  void suspendedMachine_whatDiedMeanwhileIsNotLent() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).keepaliveTime(Duration.ZERO));
    Connection before = pool.get();
    FakeDatabase.Session first = pool.session(before);
    PoolFixture.giveBack(before);
    first.kill();
    pool.runtime.suspend(Duration.ofHours(8));
    pool.advanceMillis(50);
    Connection connection = pool.get();
    assertThat(pool.session(connection)).isNotSameAs(first);
    assertThat(pool.stats().validationFailures()).isEqualTo(1);
    PoolFixture.giveBack(connection);
  }

  /** It was not the borrower's time, and no time of the connection's life. */
  @Test
  void suspendedMachine_nobodyIsTakenForALeak_andNoLifeEnds() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(1)
                    .leakDetectionThreshold(TIME)
                    .maxBorrowTime(TIME)
                    .idleTimeout(TIME)
                    .maxLifetime(Duration.ofMinutes(30)));
    Connection held = pool.get();
    PoolFixture.giveBack(pool.get());
    pool.runtime.suspend(Duration.ofHours(8));
    pool.advanceMillis(500);
    assertThat(pool.stats().leaks()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
    PoolFixture.giveBack(held);
  }

  @Test
  void longPause_whilePingsAreUnderWay() {
    PoolFixture pool = pool(20);
    untilPinging(pool);
    pool.runtime.standStill(Duration.ofMinutes(2));
    expectNothingLost(pool);
  }

  @Test
  void pauseThatEndsJustBeforeTheDeadline() {
    for (long left : List.of(10L, 40L, 90L)) {
      PoolFixture pool = pool(20);
      untilPinging(pool);
      pool.runtime.standStill(Duration.ofMillis(1_000 - left));
      expectNothingLost(pool);
      pool.close();
    }
  }

  @Test
  void pauseThatEndsJustAfterTheDeadline() {
    for (long over : List.of(0L, 30L, 60L, 99L, 101L)) {
      PoolFixture pool = pool(20);
      untilPinging(pool);
      pool.runtime.standStill(Duration.ofMillis(1_000 + over));
      expectNothingLost(pool);
      pool.close();
    }
  }

  @Test
  void onePauseAfterTheOther() {
    PoolFixture pool = pool(20);
    untilPinging(pool);
    for (int i = 0; i < 10; i++) {
      pool.runtime.standStill(Duration.ofSeconds(3));
    }
    expectNothingLost(pool);
  }

  @Test
  void fullPool_borrowersWait_nobodyGivesUpItsPlace() {
    PoolFixture pool = pool(4);
    pool.advance(Duration.ofSeconds(2));
    List<PoolFixture.Borrower> borrowers =
        List.of(pool.borrow(), pool.borrow(), pool.borrow(), pool.borrow());
    pool.runtime.runTasks();
    assertThat(pool.stats().checking()).isEqualTo(4);
    pool.runtime.standStill(Duration.ofMinutes(1));
    pool.advance(Duration.ofSeconds(1));
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
    expectNothingLost(pool);
  }

  @Test
  void pauseBetweenHedgeAndPatience_theLateAnswerThatIsThereCounts() {
    PoolFixture pool =
        create(
            c -> c.maximumPoolSize(4).minimumIdle(4).keepaliveTime(TIME).connectionTimeout(TIME));
    pool.slowConnects(Duration.ofMillis(600)); // an answer may take half of that
    pool.start();
    pool.advance(Duration.ofSeconds(1));
    FakeDatabase.Session slow = pool.database.sessions().get(0);
    SimulatedRuntime.Hang asked = pool.hang(slow);
    while (asked.inside() == 0) {
      pool.advanceMillis(1);
    }
    pool.advanceMillis(150);
    asked.end(); // the answer comes; nobody gets a turn to read it
    pool.runtime.standStill(Duration.ofMillis(750));
    expectNothingLost(pool);
  }

  @Test
  void pauseWhileTheLateOnesHaveAnotherChance_nobodyGivesUpItsPlace() {
    PoolFixture pool = pool(4);
    pool.advance(Duration.ofSeconds(2));
    List<FakeDatabase.Session> sessions = pool.database.sessions();
    List<SimulatedRuntime.Hang> late =
        List.of(pool.hang(sessions.get(0)), pool.hang(sessions.get(1)));
    List<PoolFixture.Borrower> borrowers =
        List.of(pool.borrow(), pool.borrow(), pool.borrow(), pool.borrow());
    pool.runtime.runTasks();
    assertThat(pool.stats().checking()).isEqualTo(4);
    pool.advanceMillis(150);
    assertThat(pool.stats().health()).as("others live").isEqualTo(Health.UP);
    assertThat(pool.stats().suspicions()).isPositive();
    late.forEach(SimulatedRuntime.Hang::end);
    pool.runtime.standStill(Duration.ofMillis(700));
    pool.advance(Duration.ofSeconds(1));
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    assertThat(pool.stats().retired()).isEmpty();
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void pauseWhileTheOthersAreInDoubt_theNewConnectionMayBeTheFirstToGoOn() {
    for (int i = 0; i < 20; i++) {
      PoolFixture pool =
          start(c -> c.maximumPoolSize(4).minimumIdle(4).connectionTimeout(Duration.ofMinutes(5)));
      pool.advance(Duration.ofSeconds(5));
      List<FakeDatabase.Session> sessions = pool.database.sessions();
      SimulatedRuntime.Hang answers = pool.runtime.hang();
      sessions.forEach(session -> session.onNextCall(answers));
      SimulatedRuntime.Hang login = pool.hangConnects();
      sessions.get(0).kill();
      sessions.get(0).onNextCall(() -> {});
      List<PoolFixture.Borrower> borrowers =
          List.of(pool.borrow(), pool.borrow(), pool.borrow(), pool.borrow());
      pool.runtime.runTasks();
      assertThat(answers.inside()).isEqualTo(3);
      assertThat(login.inside()).isEqualTo(1);
      // All answers are there, in the order of their threads' turns after the pause.
      login.end();
      answers.end();
      pool.runtime.standStillUnnoticed(Duration.ofSeconds(3));
      pool.advance(Duration.ofSeconds(1));
      assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
      borrowers.forEach(PoolFixture.Borrower::giveBack);
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.VALIDATION_FAILED);
      assertThat(pool.stats().generation()).isEqualTo(1);
      pool.close();
    }
  }

  @Test
  void pauseWhileAConnectionIsReset_itComesBack() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    Connection used = pool.get();
    used.setAutoCommit(false);
    SimulatedRuntime.Hang reset = pool.hang(pool.session(used));
    pool.runtime.start("borrower", () -> PoolFixture.giveBack(used));
    pool.advance(Duration.ofSeconds(2));
    assertThat(reset.inside()).isEqualTo(1);
    reset.end(); // the answer comes; nobody gets a turn to read it
    pool.runtime.standStill(Duration.ofMinutes(2));
    expectNothingLost(pool);
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void whoIsReallyDead_isStillFound() {
    PoolFixture pool = pool(4);
    FakeDatabase.Session silent = pool.database.sessions().get(0);
    silent.onNextCall(pool.runtime.hang());
    untilPinging(pool);
    pool.runtime.standStill(Duration.ofSeconds(3));
    pool.advance(TIME.plusSeconds(3));
    assertThat(pool.cutOff()).containsExactly(silent);
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  @Test
  void whoIsReallyDead_isFound_evenIfEachTimerIsLate() {
    PoolFixture pool = pool(4);
    FakeDatabase.Session silent = pool.database.sessions().get(0);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    silent.onNextCall(hang);
    // Nobody else may be half way: in what follows no task has a turn.
    while (hang.inside() == 0 || pool.stats().checking() > 1) {
      pool.advanceMillis(1);
    }
    for (int i = 0; i < 50; i++) {
      pool.runtime.standStill(Duration.ofMillis(160));
    }
    pool.runtime.runTasks();
    assertThat(pool.cutOff()).containsExactly(silent);
  }
}
