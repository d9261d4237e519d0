package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.tidepool.api.Health;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must not put the others in doubt, and what must not be missed once they are. */
class SuspicionTest extends SimulatedPoolTest {
  private PoolFixture pool(int connections) {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(connections)
                    .minimumIdle(connections)
                    .connectionTimeout(Duration.ofSeconds(20)));
    pool.advance(Duration.ofSeconds(5));
    return pool;
  }

  private static void execute(Connection connection, String expectedState) {
    String state = "";
    try {
      connection.createStatement().execute("select 1");
    } catch (SQLException e) {
      state = e.getSQLState();
    }
    assertThat(state).isEqualTo(expectedState);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneak(Throwable t) throws T {
    throw (T) t;
  }

  private static PoolFixture.Borrower borrow(PoolFixture pool) {
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    return borrower;
  }

  private static List<FakeDatabase.Session> others(PoolFixture pool, Connection... borrowed) {
    List<FakeDatabase.Session> others = new ArrayList<>(pool.database.sessions());
    for (Connection connection : borrowed) {
      others.remove(pool.session(connection));
    }
    return others;
  }

  // ---- what is no sign

  @Test
  void errorOfOneStatement_condemnsItsConnection_andRaisesNoSuspicion() {
    PoolFixture pool = pool(4);
    for (int i = 0; i < 50; i++) {
      Connection used = pool.get();
      pool.session(used)
          .onNextCall(
              () -> {
                throw SuspicionTest.<RuntimeException>sneak(
                    new SQLException("cached plan must not change result type", "0A000"));
              });
      execute(used, "0A000");
      PoolFixture.giveBack(used);
      pool.advanceMillis(100);
    }
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(50);
    assertThat(pool.stats().suspicions()).isZero();
    assertThat(pool.events.lines("health")).isEmpty();
  }

  @Test
  void twoKilledInABusyPool_theOthersAreAskedBeforeTheyAreCondemned() {
    PoolFixture pool = pool(8);
    pool.slowConnects(Duration.ofMillis(20));
    List<Connection> all = pool.get(8);
    pool.advanceMillis(25);
    all.forEach(connection -> execute(connection, ""));
    pool.session(all.get(0)).kill();
    pool.session(all.get(1)).kill();
    PoolFixture.giveBack(all.subList(2, 8));
    execute(all.get(0), "08006");
    execute(all.get(1), "08006");
    PoolFixture.giveBack(all.subList(0, 2));
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.FATAL_ERROR);
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }

  @Test
  void twoQueriesTimeOutInABusyPool_theOthersHaveTimeToFinishTheirs() {
    PoolFixture pool = pool(20);
    List<Connection> all = pool.get(20);
    all.forEach(connection -> execute(connection, ""));
    pool.slowConnects(Duration.ofMillis(20));
    pool.advance(Duration.ofSeconds(30)); // long queries
    pool.session(all.get(0)).kill(); // as a timeout of the socket ends it
    pool.session(all.get(1)).kill();
    execute(all.get(0), "08006");
    execute(all.get(1), "08006");
    PoolFixture.giveBack(all.subList(0, 2));
    pool.advanceMillis(500);
    execute(all.get(2), "");
    pool.advance(Duration.ofSeconds(5));
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    PoolFixture.giveBack(all);
    pool.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().retired()).containsExactly(entry(RetireReason.FATAL_ERROR, 2L));
  }

  @Test
  void twoDieInABusyPool_nobodyElseSpeaks_theyAreRetiredWhenTheyComeBack() {
    PoolFixture pool = pool(20);
    List<Connection> all = pool.get(20);
    all.forEach(connection -> execute(connection, ""));
    pool.advance(Duration.ofSeconds(30));
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    execute(all.get(0), "08006");
    execute(all.get(1), "08006");
    PoolFixture.giveBack(all.subList(0, 2));
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().generation()).isEqualTo(2);
    PoolFixture.giveBack(all);
    pool.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().retired())
        .containsOnly(
            entry(RetireReason.FATAL_ERROR, 2L), entry(RetireReason.GENERATION_DEAD, 18L));
  }

  /** With TLS in a young process a login takes half a second, and an answer a millisecond. */
  @Test
  void slowLogins_swiftAnswers_silenceIsSuspectAfterHedgeAfter() {
    PoolFixture pool = create(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.slowConnects(Duration.ofMillis(600));
    pool.start();
    pool.advance(Duration.ofSeconds(5));
    pool.database
        .sessions()
        .forEach(s -> s.onNextCall(() -> pool.runtime.take(Duration.ofMillis(10))));
    PoolFixture.Borrower first = pool.borrow();
    pool.advanceMillis(20);
    first.giveBack();
    pool.advance(Duration.ofSeconds(5));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    PoolFixture.Borrower borrower = pool.borrow();
    pool.advanceMillis(99);
    assertThat(pool.stats().suspicions()).isZero();
    pool.advanceMillis(2);
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(2));
    borrower.giveBack();
  }

  @Test
  void distantServer_slowAlways_isNotSuspectedForThat() {
    PoolFixture pool = create(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.slowConnects(Duration.ofMillis(900));
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.onEachCall(() -> pool.runtime.take(Duration.ofMillis(150)));
          return session;
        });
    pool.start();
    pool.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 10; i++) {
      PoolFixture.Borrower borrower = borrow(pool);
      pool.advanceUntil(borrower::isServed);
      borrower.giveBack();
      pool.advance(Duration.ofSeconds(3));
    }
    assertThat(pool.stats().retired()).isEmpty();
    assertThat(pool.stats().pathIdleLimit()).isNull();
    assertThat(pool.stats().suspicions()).isZero();
  }

  @Test
  void processStoodStill_theAnswerThatIsThereCounts() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(1).minimumIdle(1).keepaliveTime(Duration.ofSeconds(2)));
    pool.database
        .sessions()
        .forEach(s -> s.onNextCall(() -> pool.runtime.take(Duration.ofMillis(50))));
    pool.advanceUntil(() -> pool.stats().pings() == 1);
    pool.runtime.standStill(Duration.ofSeconds(3));
    pool.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().retired()).isEmpty();
    assertThat(pool.stats().pingFailures()).isZero();
  }

  // ---- what must not be missed

  @Test
  void silenceSoonAfterASuspicion_isNotForgotten() {
    PoolFixture pool = pool(2);
    Connection used = pool.get();
    pool.session(used).kill();
    execute(used, "08006");
    PoolFixture.giveBack(used);
    pool.advanceMillis(100);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    pool.advanceMillis(450); // quiet enough to be checked
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    PoolFixture.Borrower borrower = borrow(pool);
    pool.advanceUntil(borrower::isServed);
    assertThat(borrower.waited()).isLessThan(Duration.ofMillis(1_500));
    borrower.giveBack();
  }

  @Test
  void someFlowsSilent_fullPool_aWaiterGetsTheirPlaceAlthoughOthersLive() {
    PoolFixture pool = pool(4);
    Connection living = pool.get();
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().stream()
        .filter(session -> session != pool.session(living))
        .forEach(session -> session.onNextCall(hang));
    PoolFixture.Borrower borrower = borrow(pool);
    for (int i = 0; i < 200 && !borrower.isServed(); i++) {
      execute(living, "");
      pool.advanceMillis(10);
    }
    assertThat(borrower.isServed()).as("within two seconds").isTrue();
    assertThat(pool.stats().generation()).isEqualTo(1);
    borrower.giveBack();
    PoolFixture.giveBack(living);
  }

  /** Gives it back for the last time; its close hangs. */
  private static SimulatedRuntime.Hang closeSlowly(PoolFixture pool, Connection last) {
    SimulatedRuntime.Hang hang = pool.hang(pool.session(last));
    PoolFixture.giveBack(last);
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(1);
    return hang;
  }

  private static void expectServedByThePlaceOf(
      SimulatedRuntime.Hang close, PoolFixture pool, PoolFixture.Borrower borrower) {
    assertThat(pool.stats().closing()).isEqualTo(1);
    assertThat(pool.stats().retired()).containsExactly(entry(RetireReason.MAX_USES, 1L));
    assertThat(borrower.isServed()).isFalse();
    close.end();
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  @Test
  void noneAnswers_theWaiterHasThePlaceOfOneThatLeaves_theSilentKeepsItsOwn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2).maxUses(1));
    pool.advance(Duration.ofSeconds(5));
    Connection last = pool.get();
    SimulatedRuntime.Hang silence = pool.runtime.hang();
    others(pool, last).forEach(session -> session.onNextCall(silence));
    PoolFixture.Borrower borrower = borrow(pool);
    pool.advanceMillis(50);
    SimulatedRuntime.Hang close = closeSlowly(pool, last);
    pool.advanceMillis(150);
    assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
    expectServedByThePlaceOf(close, pool, borrower);
    silence.end();
    pool.runtime.runTasks();
  }

  @Test
  void othersLive_theWaiterHasThePlaceOfOneThatLeaves_theSilentKeepsItsOwn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3).maxUses(1));
    pool.advance(Duration.ofSeconds(5));
    Connection last = pool.get();
    Connection living = pool.get();
    SimulatedRuntime.Hang silence = pool.runtime.hang();
    others(pool, last, living).forEach(session -> session.onNextCall(silence));
    PoolFixture.Borrower borrower = borrow(pool);
    pool.advance(Duration.ofMillis(150), () -> execute(living, ""));
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
    SimulatedRuntime.Hang close = closeSlowly(pool, last);
    pool.advance(Duration.ofMillis(150), () -> execute(living, ""));
    expectServedByThePlaceOf(close, pool, borrower);
    silence.end();
    pool.runtime.runTasks();
    PoolFixture.giveBack(living);
  }

  @Test
  void noConnectsAnyMore_theLastThatLivedIsClosed_theDatabaseIsDown() {
    PoolFixture pool = pool(2);
    pool.refuseConnects();
    pool.database.sessions().get(0).kill();
    Connection living = pool.get();
    pool.advance(Duration.ofSeconds(3), () -> execute(living, ""));
    assertThat(pool.stats().total()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
    PoolFixture.giveBack(living);
    pool.advance(Duration.ofSeconds(30));
    assertThat(pool.stats().health()).as("one is left").isEqualTo(Health.SUSPECT);
    assertThat(pool.stats().suspicions()).as("nobody is suspected again").isLessThan(4);
    pool.engine.evict();
    pool.advance(Duration.ofSeconds(10));
    assertThat(pool.stats().health()).isEqualTo(Health.DOWN);
    assertThat(pool.stats().outages()).isEqualTo(1);
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(10));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }

  @Test
  void fullAgainByALowerMaximum_failuresOfLongAgoAreForgotten() {
    PoolFixture pool = pool(2);
    pool.refuseConnects();
    pool.database.sessions().get(0).kill();
    Connection living = pool.get();
    pool.advance(Duration.ofSeconds(3), () -> execute(living, ""));
    assertThat(pool.stats().health()).isEqualTo(Health.SUSPECT);
    PoolFixture.giveBack(living);
    pool.reconfigure(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.acceptConnects();
    pool.advance(Duration.ofMinutes(1));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }

  @Test
  void downWithoutBorrowers_isUpAgainWhenTheDatabaseIs() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(0));
    pool.refuseConnects();
    PoolFixture.Borrower borrower = borrow(pool);
    pool.advance(Duration.ofSeconds(4));
    assertThat(borrower.isServed()).isFalse();
    assertThat(pool.stats().health()).isEqualTo(Health.DOWN);
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(10));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }

  @Test
  void lentOfADeadGeneration_returnedUnused_isRetiredToo() {
    PoolFixture pool = pool(6);
    Connection quiet = pool.get();
    pool.advance(Duration.ofSeconds(5));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    PoolFixture.Borrower borrower = borrow(pool);
    pool.advanceUntil(borrower::isServed);
    pool.advanceMillis(200);
    assertThat(pool.stats().generation()).isEqualTo(2);
    long dead = pool.stats().retired(RetireReason.GENERATION_DEAD);
    PoolFixture.giveBack(quiet);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().retired(RetireReason.GENERATION_DEAD)).isEqualTo(dead + 1);
    borrower.giveBack();
  }

  /** Whoever tells may have been held up, and there was somebody who wanted another one. */
  @Test
  void deathToldOfAfterAllWereReplaced_leavesNoDoubt() {
    PoolFixture pool = pool(1);
    Connection held = pool.get();
    Entry dead = ((BorrowedConnection) held).entry();
    PoolFixture.giveBack(held);
    long diedAt = pool.runtime.nanoTime();
    pool.advanceMillis(10);
    pool.engine.evict();
    pool.advanceMillis(10);
    assertThat(pool.stats().total()).isEqualTo(1);
    pool.engine.liveness().dead(dead, 0, diedAt, new SQLException("hung up"));
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }

  /** As when a loader with several connections fails. */
  @Test
  void unfinishedCopies_sayNothingOfTheOthers() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(8));
    List<Connection> all = pool.get(6);
    for (Connection connection : all) {
      connection.createStatement().execute("select 1");
    }
    pool.advance(Duration.ofSeconds(10)); // four of them are in long queries
    List<SimulatedRuntime.Hang> hangs = new ArrayList<>();
    for (Connection copying : all.subList(0, 2)) {
      copying.createStatement().execute("select 1");
      copying.unwrap(FakeDatabase.DriverConnection.class);
      PoolFixture.giveBack(copying);
    }
    pool.database.sessions().subList(0, 2).forEach(session -> hangs.add(pool.hang(session)));
    pool.advance(Duration.ofSeconds(7));
    assertThat(pool.stats().retired()).containsExactly(entry(RetireReason.VALIDATION_TIMEOUT, 2L));
    assertThat(pool.stats().suspicions()).isZero();
    PoolFixture.giveBack(all.subList(2, 6));
    assertThat(pool.stats().idle()).isEqualTo(4);
    hangs.forEach(SimulatedRuntime.Hang::end);
    pool.runtime.runTasks();
    pool.database.breaches().clear(); // the answer comes on a session that was cut off
  }

  /** What ends all sessions while one connection is lent. */
  private interface Death {
    void on(PoolFixture pool, Connection lent) throws SQLException;
  }

  /** Nobody else meets it. */
  private void findADeath(Death how) throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).minimumIdle(5));
    List<Connection> all = pool.get(5);
    for (Connection connection : all) {
      connection.createStatement().execute("select 1");
    }
    PoolFixture.giveBack(all.subList(1, 5));
    pool.advanceMillis(120);
    how.on(pool, all.get(0));
    PoolFixture.giveBack(all.get(0));
    pool.runtime.runTasks();
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    pool.advanceMillis(50);
    all = pool.get(5);
    for (Connection connection : all) {
      connection.createStatement().execute("select 1");
    }
    PoolFixture.giveBack(all);
  }

  @Test
  void deathFoundByTheReset_isToldOf() throws SQLException {
    findADeath(
        (pool, lent) -> {
          lent.setAutoCommit(false);
          lent.createStatement().execute("insert");
          pool.database.sessions().forEach(FakeDatabase.Session::kill);
        });
  }

  /** Only its silence would say nothing of the others. */
  @Test
  void deathOfAnUnwrappedConnection_foundOnItsWayBack_isToldOf() throws SQLException {
    findADeath(
        (pool, lent) -> {
          lent.unwrap(FakeDatabase.DriverConnection.class);
          pool.session(lent).sayValid(false);
          pool.database.sessions().stream()
              .filter(session -> session != pool.session(lent))
              .forEach(FakeDatabase.Session::kill);
        });
  }

  // ---- refused writes

  @Test
  void nobodyTakesWrites_forLong_connectionsAreNotSpentOnEachRefusal() {
    PoolFixture pool = pool(5);
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.demote();
          return session;
        });
    pool.database.sessions().forEach(FakeDatabase.Session::demote);
    for (int i = 0; i < 1_000; i++) {
      Connection connection = pool.get();
      try {
        connection.createStatement().executeUpdate("update t set a = 1");
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("25006");
      }
      PoolFixture.giveBack(connection);
      pool.advanceMillis(60);
    }
    assertThat(pool.stats().opened()).as("in a minute").isLessThan(60);
  }

  /** Who was evicted, or too old, died unheard: the next borrowers met the others' deaths. */
  @Test
  void deathOfOneThatWasToGoAnyway_isASignForTheOthers() {
    PoolFixture pool = pool(4);
    Connection connection = pool.get();
    assertThat(pool.engine.pool().evict(connection)).isTrue();
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    execute(connection, "08006");
    execute(connection, "08006");
    pool.advance(Duration.ofSeconds(1));
    PoolFixture.giveBack(connection);
    pool.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().suspicions()).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(1);
    assertThat(pool.stats().idle()).isEqualTo(4);
    Connection next = pool.get();
    execute(next, "");
    PoolFixture.giveBack(next);
  }
}
