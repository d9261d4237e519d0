package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pool makes of the death or silence of its connections. */
class RecoveryTest extends SimulatedPoolTest {
  private PoolFixture pool(int connections) {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(connections)
                    .minimumIdle(connections)
                    .connectionTimeout(Duration.ofSeconds(20)));
    pool.advance(Duration.ofSeconds(5)); // nobody has spoken for a while
    return pool;
  }

  /** Every session falls silent, whatever it is asked. */
  private static SimulatedRuntime.Hang blackHole(PoolFixture pool) {
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    return hang;
  }

  private static List<PoolFixture.Borrower> borrow(PoolFixture pool, int n) {
    List<PoolFixture.Borrower> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(pool.borrow());
    }
    pool.runtime.runTasks();
    return all;
  }

  private static void execute(Connection connection) {
    try {
      connection.createStatement().execute("select 1");
    } catch (SQLException e) {
      // Of a session that is gone; what the pool makes of it is looked at.
      assertThat(e.getSQLState()).isEqualTo("08006");
    }
  }

  // ---- black hole

  @Test
  void silentConnections_fullPool_newOnesAfterOneHedge() {
    PoolFixture pool = pool(10);
    pool.slowConnects(Duration.ofMillis(20));
    blackHole(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool, 8);
    pool.advanceUntil(() -> borrowers.stream().anyMatch(PoolFixture.Borrower::isServed));
    pool.advanceUntil(() -> borrowers.stream().allMatch(PoolFixture.Borrower::isServed));
    List<Long> waits = borrowers.stream().map(b -> b.waited().toMillis()).sorted().toList();
    assertThat(waits.get(0)).as("first: hedgeAfter and one connect").isBetween(100L, 150L);
    assertThat(waits.get(7)).as("last: another connect").isLessThanOrEqualTo(200L);
    assertThat(pool.stats().retired(RetireReason.OVERTAKEN)).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.GENERATION_DEAD)).isEqualTo(9);
    assertThat(pool.stats().generation()).isEqualTo(2);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    assertThat(pool.events.lines("generation")).containsExactly("generation 1 retired, 9 idle");
    assertThat(pool.stats().lateAnswers()).isPositive();
    assertThat(pool.events.lines("late")).hasSize((int) pool.stats().lateAnswers());
    assertThat(pool.cutOff()).as("closed under the driver, which hangs").hasSize(10);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void deadGeneration_hasTheNextServerAskedForItsLimit() {
    PoolFixture pool = pool(4);
    blackHole(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool, 2);
    assertThat(pool.forgotten()).isZero();
    pool.advanceUntil(() -> borrowers.stream().allMatch(PoolFixture.Borrower::isServed));
    pool.advanceUntil(() -> pool.stats().generation() == 2);
    assertThat(pool.forgotten()).isEqualTo(1);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void someSilent_othersLive_whoWaitsDoesNotWaitForTheSilentOnes() {
    PoolFixture pool = pool(8);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    List<FakeDatabase.Session> sessions = pool.database.sessions();
    sessions.subList(2, 8).forEach(session -> session.onNextCall(hang)); // one of two paths is cut
    List<PoolFixture.Borrower> borrowers = borrow(pool, 8);
    pool.advanceMillis(400);
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.OVERTAKEN);
    assertThat(pool.stats().generation()).isEqualTo(1);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void silentConnections_withRoom_nobodyGivesUpItsPlace() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(8).minimumIdle(4).connectionTimeout(Duration.ofSeconds(20)));
    pool.advance(Duration.ofSeconds(5));
    blackHole(pool);
    PoolFixture.Borrower borrower = borrow(pool, 1).get(0);
    pool.advanceUntil(borrower::isServed);
    assertThat(borrower.waited().toMillis()).isBetween(100L, 130L);
    assertThat(pool.stats().retired(RetireReason.OVERTAKEN)).isZero();
    assertThat(pool.stats().retired()).as("the others have only just been asked").isEmpty();
    pool.advanceMillis(150);
    assertThat(pool.stats().retired(RetireReason.GENERATION_DEAD)).isEqualTo(4);
    borrower.giveBack();
  }

  @Test
  void slowServer_answersAfterAll_nothingIsRetiredButTheOneThatGaveWay() {
    PoolFixture pool = pool(4);
    pool.slowConnects(Duration.ofMillis(800)); // so is its login
    pool.database
        .sessions()
        .forEach(s -> s.onNextCall(() -> pool.runtime.take(Duration.ofMillis(300))));
    List<PoolFixture.Borrower> borrowers = borrow(pool, 3);
    pool.advance(Duration.ofSeconds(2));
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    assertThat(pool.stats().retired())
        .containsOnlyKeys(RetireReason.OVERTAKEN)
        .containsEntry(RetireReason.OVERTAKEN, 1L);
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void silentConnectionsInUse_areRetiredOnReturn_unlessTheyProveToLive() {
    PoolFixture pool = pool(6);
    Connection living = pool.get();
    Connection quiet = pool.get();
    pool.advance(Duration.ofSeconds(5));
    blackHole(pool);
    pool.session(living).onNextCall(() -> {});
    PoolFixture.Borrower borrower = borrow(pool, 1).get(0);
    pool.advanceUntil(borrower::isServed);
    pool.advanceMillis(200);
    assertThat(pool.stats().generation()).isEqualTo(2);
    execute(living);
    pool.advance(Duration.ofSeconds(2));
    long dead = pool.stats().retired(RetireReason.GENERATION_DEAD);
    PoolFixture.giveBack(living);
    assertThat(pool.stats().retired(RetireReason.GENERATION_DEAD)).isEqualTo(dead);
    PoolFixture.giveBack(quiet);
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.GENERATION_DEAD)).isEqualTo(dead + 1);
    borrower.giveBack();
  }

  // ---- killed sessions

  @Test
  void firstDeath_asksTheOthersAtOnce() {
    PoolFixture pool = pool(5);
    Connection used = pool.get();
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    execute(used);
    pool.runtime.runTasks();
    pool.advanceMillis(1);
    assertThat(pool.stats().retired(RetireReason.PING_FAILED))
        .as("of the idle ones, as the first")
        .isGreaterThanOrEqualTo(1);
    PoolFixture.giveBack(used);
    pool.advanceMillis(50);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    assertThat(pool.database.sessions()).hasSize(5).noneMatch(this::isKilled);
  }

  /** Whoever uses them next would pay an error for each. */
  @Test
  void firstDeath_socketsThatCannotBeLookedAt_areAskedAtOnceHoweverLatelyUsed() {
    PoolFixture pool = pool(4);
    List<Connection> all = pool.get(4);
    all.forEach(RecoveryTest::execute);
    PoolFixture.giveBack(all.subList(1, 4));
    pool.advanceMillis(10);
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    execute(all.get(0));
    PoolFixture.giveBack(all.get(0));
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.PING_FAILED)).isEqualTo(3);
    assertThat(pool.database.sessions()).noneMatch(this::isKilled);
  }

  /** Where nothing was said in the transaction, the driver does without the server. */
  @Test
  void emptyCommitOnADeadConnection_isNoSignOfLife() throws SQLException {
    PoolFixture pool = pool(5);
    Connection quiet = pool.get();
    quiet.setAutoCommit(false);
    Connection used = pool.get();
    pool.advanceMillis(10);
    pool.slowConnects(Duration.ofMillis(200));
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    execute(used);
    pool.advanceMillis(100);
    quiet.commit();
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().generation()).isEqualTo(2);
    PoolFixture.giveBack(used);
    PoolFixture.giveBack(quiet);
    pool.advance(Duration.ofSeconds(1));
    assertThat(pool.database.sessions()).hasSize(5).noneMatch(this::isKilled);
  }

  private boolean isKilled(FakeDatabase.Session session) {
    try {
      return !session.connection().isValid(1);
    } catch (SQLException e) {
      return true;
    }
  }

  @Test
  void oneKilledSession_isReplaced_andTheOthersStay() {
    PoolFixture pool = pool(5);
    Connection used = pool.get();
    pool.session(used).kill();
    execute(used);
    PoolFixture.giveBack(used);
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().opened()).isEqualTo(6);
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.FATAL_ERROR);
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    assertThat(pool.events.lines("health"))
        .containsExactly("health UP to SUSPECT", "health SUSPECT to UP");
  }

  @Test
  void aTrickleOfDeaths_raisesOneSuspicionASecond() {
    PoolFixture pool = pool(4);
    for (int i = 0; i < 50; i++) {
      Connection used = pool.get();
      pool.session(used).kill();
      execute(used);
      PoolFixture.giveBack(used);
      pool.advanceMillis(100);
    }
    assertThat(pool.stats().suspicions()).isBetween(4L, 7L);
    assertThat(pool.stats().generation()).isEqualTo(1);
  }

  // ---- down and up

  @Test
  void databaseGone_isDown_andUpAgain() {
    try (LogCapture logs = LogCapture.of("dev.tidepool.internal.upkeep.HealthReport")) {
      PoolFixture pool = pool(3);
      pool.refuseConnects();
      pool.database.sessions().forEach(FakeDatabase.Session::kill);
      PoolFixture.Borrower borrower = borrow(pool, 1).get(0);
      pool.advance(Duration.ofSeconds(2));
      assertThat(pool.stats().health()).isEqualTo(Health.DOWN);
      assertThat(borrower.isWaiting()).isTrue();
      pool.acceptConnects();
      pool.advanceMillis(850);
      assertThat(borrower.isServed()).as("within one short pause").isTrue();
      assertThat(pool.stats().health()).isEqualTo(Health.UP);
      assertThat(pool.events.lines("health"))
          .startsWith("health UP to SUSPECT", "health SUSPECT to DOWN")
          .endsWith("health DOWN to UP");
      assertThat(logs.count("the database is down")).isEqualTo(1);
      borrower.giveBack();
    }
  }

  @Test
  void longOutage_aBorrowerIsServedWithinASecondOfItsEnd_howeverLongItLasted() {
    PoolFixture pool = pool(3);
    pool.refuseConnects();
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    pool.advance(Duration.ofMinutes(10));
    PoolFixture.Borrower early = borrow(pool, 1).get(0);
    pool.advanceMillis(300);
    pool.acceptConnects();
    pool.advanceMillis(850);
    assertThat(early.isServed()).isTrue();
    early.giveBack();
  }

  @Test
  void connectsFail_oldOnesLive_theyGoOnServing() {
    PoolFixture pool = pool(3);
    pool.refuseConnects();
    Connection used = pool.get();
    pool.session(used).kill();
    execute(used);
    PoolFixture.giveBack(used);
    pool.advance(Duration.ofSeconds(5));
    assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
    assertThat(pool.stats().total()).isEqualTo(2);
    PoolFixture.giveBack(pool.get());
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(6));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    assertThat(pool.stats().total()).isEqualTo(3);
  }

  /** The tenth is retired, and another cannot be opened while the nine are used. */
  private static List<Connection> busyButOne(PoolFixture pool) {
    List<Connection> all = pool.get(10);
    Connection tenth = all.remove(9);
    pool.advance(Duration.ofSeconds(1));
    pool.refuseConnects();
    assertThat(pool.engine.pool().evict(tenth)).isTrue();
    PoolFixture.giveBack(tenth);
    pool.advanceMillis(20);
    assertThat(pool.stats().connectFailures()).isPositive();
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneConnectFailsInABusyPool_thatIsNoOutage(boolean evicted) {
    try (LogCapture logs = LogCapture.of("dev.tidepool.internal.upkeep.HealthReport")) {
      PoolFixture pool = pool(10);
      List<Connection> inUse = busyButOne(pool);
      if (evicted) { // they go when they come back, but until then they are witnesses
        inUse.forEach(c -> assertThat(pool.engine.pool().evict(c)).isTrue());
      }
      assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
      pool.advanceMillis(700);
      execute(inUse.get(4)); // its query took that long
      pool.advance(Duration.ofSeconds(5));
      assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
      pool.acceptConnects();
      pool.advance(Duration.ofSeconds(6));
      assertThat(pool.stats().health()).isEqualTo(Health.UP);
      assertThat(pool.stats().outages()).isZero();
      assertThat(logs.lines()).noneMatch(line -> line.contains(" WARN "));
      PoolFixture.giveBack(inUse);
    }
  }

  @Test
  void connectsFailAndAllInUseKeepSilent_isDownASecondLater() {
    try (LogCapture logs = LogCapture.of("dev.tidepool.internal.upkeep.HealthReport")) {
      PoolFixture pool = pool(10);
      List<Connection> inUse = busyButOne(pool);
      pool.advanceMillis(970);
      assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
      pool.advanceMillis(20);
      assertThat(pool.stats().health()).isEqualTo(Health.DOWN);
      assertThat(logs.count("none is left but 9 in use, silent since the first sign")).isEqualTo(1);
      execute(inUse.get(0));
      pool.advance(Duration.ofSeconds(2));
      assertThat(pool.stats().health()).as("one lives after all").isEqualTo(Health.SUSPECT);
      PoolFixture.giveBack(inUse);
    }
  }

  @Test
  void suspendedPool_opensNothingToFindOut() {
    PoolFixture pool = pool(3);
    Connection used = pool.get();
    pool.engine.suspend();
    pool.session(used).kill();
    execute(used);
    PoolFixture.giveBack(used);
    pool.advance(Duration.ofSeconds(5));
    assertThat(pool.stats().opened()).isEqualTo(3);
    pool.engine.resume();
  }
}
