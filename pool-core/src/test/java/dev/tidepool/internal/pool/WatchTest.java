package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What arrives on the socket of a connection while nobody uses it. */
class WatchTest extends SimulatedPoolTest {
  private PoolFixture pool() {
    PoolFixture pool = create(c -> c.maximumPoolSize(4).minimumIdle(4));
    pool.watchableSockets();
    pool.start();
    return pool;
  }

  /** Where something is due some time, the passes of a quiet pool are far apart. */
  private PoolFixture quietPool() {
    PoolFixture pool =
        create(c -> c.maximumPoolSize(4).minimumIdle(4).keepaliveTime(Duration.ofMinutes(10)));
    pool.watchableSockets();
    pool.start();
    pool.advance(Duration.ofMinutes(1));
    return pool;
  }

  private static List<FakeDatabase.Session> watched(PoolFixture pool) {
    return pool.database.sessions().stream().filter(pool.runtime::isWatched).toList();
  }

  private static void use(Connection connection) {
    try {
      connection.createStatement().execute("select 1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void quietForASecond_isWatched() {
    PoolFixture pool = pool();
    pool.advanceMillis(900);
    assertThat(watched(pool)).isEmpty();
    pool.advanceMillis(1_200);
    assertThat(watched(pool)).hasSize(4);
  }

  @Test
  void usedAfterALongQuiet_isWatchedAgainSoon() {
    PoolFixture pool = quietPool();
    for (int i = 0; i < 5; i++) { // whenever the next pass comes
      pool.advanceMillis(10_700);
      Connection connection = pool.get();
      FakeDatabase.Session session = pool.session(connection);
      pool.runtime.news(session); // the answer to the borrower ends the watch
      use(connection);
      PoolFixture.giveBack(connection);
      assertThat(watched(pool)).hasSize(3);
      pool.advanceMillis(2_100);
      assertThat(watched(pool)).hasSize(4);
    }
  }

  @Test
  void refusedForLackOfDescriptors_isTriedAgain() {
    PoolFixture pool = pool();
    pool.runtime.refuseWatches(true);
    pool.advance(Duration.ofSeconds(3));
    assertThat(watched(pool)).isEmpty();
    pool.runtime.refuseWatches(false);
    pool.advance(Duration.ofSeconds(2));
    assertThat(watched(pool)).hasSize(4);
  }

  @Test
  void watchThatThrows_isTriedAgain() {
    PoolFixture pool = pool();
    Error error = new OutOfMemoryError("of the test");
    pool.runtime.failNextWatch(error);
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.runtime.failures()).containsExactly(error);
    pool.runtime.failures().clear();
    assertThat(watched(pool)).hasSize(4);
  }

  /** A failing watch calls everybody, and there is no new one for a while. */
  @Test
  void failedWatch_costsNoConnection_andIsMadeUpForLater() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    pool.runtime.refuseWatches(true);
    watched(pool).forEach(pool.runtime::news);
    pool.advance(Duration.ofSeconds(3));
    assertThat(watched(pool)).isEmpty();
    pool.runtime.refuseWatches(false);
    pool.advance(Duration.ofSeconds(2));
    assertThat(watched(pool)).hasSize(4);
    assertThat(pool.stats().idleNews()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
  }

  /** A heartbeat is no use: between two of them a death would go unnoticed. */
  @Test
  void pingedEveryHalfSecond_isWatchedAllTheSame() {
    PoolFixture pool =
        create(c -> c.maximumPoolSize(4).minimumIdle(4).keepaliveTime(Duration.ofMillis(500)));
    pool.watchableSockets();
    pool.start();
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().pings()).isGreaterThan(16);
    assertThat(watched(pool)).hasSize(4);
  }

  @Test
  void inSteadyUse_isNotWatched() {
    PoolFixture pool = pool();
    for (int i = 0; i < 50; i++) {
      Connection connection = pool.get();
      use(connection);
      PoolFixture.giveBack(connection);
      pool.advanceMillis(100);
    }
    assertThat(watched(pool)).hasSize(3);
  }

  @Test
  void killedWhileIdle_isReplacedBeforeAnybodyAsks() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    List<FakeDatabase.Session> killed = pool.database.sessions();
    killed.forEach(FakeDatabase.Session::kill);
    killed.forEach(pool.runtime::news);
    pool.runtime.runTasks();
    assertThat(pool.stats().idleNews()).isEqualTo(4);
    assertThat(pool.stats().opened()).isEqualTo(8);
    assertThat(pool.database.sessions()).hasSize(4).doesNotContainAnyElementsOf(killed);
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  @Test
  void oneKilled_theOthersAreAskedAndStay() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session killed = pool.database.sessions().get(1);
    killed.kill();
    pool.runtime.news(killed);
    pool.runtime.runTasks();
    assertThat(pool.stats().opened()).isEqualTo(5);
    assertThat(pool.stats().retired(RetireReason.HUNG_UP)).isEqualTo(1);
    assertThat(pool.stats().generation()).isEqualTo(1);
  }

  /** The first one found has all of them looked at, and what replaces them is not in doubt. */
  @Test
  void allKilled_areFoundWithTheFirst_andTheirReplacementsStay() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    List<FakeDatabase.Session> killed = pool.database.sessions();
    killed.forEach(FakeDatabase.Session::kill);
    pool.runtime.news(killed.get(0));
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.HUNG_UP, 4L));
    pool.runtime.passWithoutTasks(Duration.ofMillis(5)); // conclusions may come that late
    pool.runtime.runTasks();
    killed.forEach(pool.runtime::news);
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.HUNG_UP, 4L));
    assertThat(pool.stats().idleNews()).isEqualTo(4);
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  /** As PostgreSQL does: first why, then the end. No driver need be asked what that means. */
  @Test
  void killedWithLastWords_theEndIsWaitedFor() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session killed = pool.database.sessions().get(1);
    killed.killWithWords();
    pool.runtime.news(killed);
    pool.runtime.runTasks();
    assertThat(pool.stats().retired()).isEmpty();
    assertThat(pool.stats().pings()).isZero();
    killed.end();
    pool.advanceMillis(3);
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.HUNG_UP, 1L));
    assertThat(pool.stats().idleNews()).isEqualTo(1);
    assertThat(pool.events.lines("news")).containsExactly("news 2");
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  @Test
  void lastWordsWithoutAnEnd_areFollowedByAQuestion() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session killed = pool.database.sessions().get(1);
    killed.killWithWords();
    pool.runtime.news(killed);
    pool.advanceMillis(3);
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.PING_FAILED, 1L));
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  @Test
  void borrowedBetweenTheWordsAndTheEnd_isNotHandedOutDead() {
    PoolFixture pool = create(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.watchableSockets();
    pool.start();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session killed = pool.database.sessions().get(0);
    killed.killWithWords();
    pool.runtime.news(killed);
    Connection connection = pool.get();
    assertThat(pool.session(connection)).isNotSameAs(killed);
    use(connection);
    pool.advanceMillis(3);
    PoolFixture.giveBack(connection);
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.VALIDATION_FAILED, 1L));
  }

  @Test
  void endSeenAtBorrow_noDriverIsAsked() {
    PoolFixture pool = pool();
    pool.advanceMillis(700);
    List<FakeDatabase.Session> killed = pool.database.sessions();
    killed.forEach(FakeDatabase.Session::kill);
    killed.forEach(
        session ->
            session.onNextCall(
                () -> {
                  throw new AssertionError("asked");
                }));
    Connection connection = pool.get();
    use(connection);
    PoolFixture.giveBack(connection);
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.HUNG_UP);
    killed.forEach(session -> session.onNextCall(() -> {}));
  }

  @Test
  void serversNotice_isNoDeath_andTheWatchGoesOn() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session session = pool.database.sessions().get(0);
    session.send();
    pool.runtime.news(session);
    pool.advanceMillis(3);
    assertThat(pool.stats().idleNews()).isEqualTo(1);
    assertThat(pool.stats().pings()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
    pool.advance(Duration.ofSeconds(3));
    assertThat(watched(pool)).hasSize(4);
  }

  /**
   * With LISTEN, for example: what is said each millisecond is not asked about each millisecond.
   */
  @Test
  void serverThatNeverStopsTalking_isAskedTenTimesASecondAtMost() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    FakeDatabase.Session session = pool.database.sessions().get(0);
    int notWatched = 0;
    for (int i = 0; i < 5_000; i++) {
      session.send();
      pool.runtime.news(session);
      pool.runtime.runTasks();
      pool.advanceMillis(1);
      notWatched = pool.runtime.isWatched(session) ? 0 : notWatched + 1;
      // After the pause by the next pass, which comes each second.
      assertThat(notWatched).isLessThan(1_200);
    }
    assertThat(pool.stats().idleNews()).isBetween(4L, 50L);
    assertThat(pool.stats().pings()).isLessThanOrEqualTo(50);
    assertThat(pool.stats().retired()).isEmpty();
  }

  @Test
  void newsOfAConnectionInUse_areItsBorrowersAnswers() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    Connection connection = pool.get();
    FakeDatabase.Session session = pool.session(connection);
    session.send();
    pool.runtime.news(session);
    pool.runtime.runTasks();
    use(connection);
    PoolFixture.giveBack(connection);
    assertThat(pool.stats().idleNews()).isZero();
    assertThat(watched(pool)).doesNotContain(session);
    pool.advance(Duration.ofSeconds(3));
    assertThat(watched(pool)).contains(session);
  }

  @Test
  void newsReadBySomebodyMeanwhile_areNoReasonToAsk() {
    PoolFixture pool = pool();
    pool.advance(Duration.ofSeconds(3));
    pool.runtime.news(pool.database.sessions().get(0));
    pool.runtime.runTasks();
    assertThat(pool.stats().idleNews()).isZero();
    assertThat(pool.stats().pings()).isZero();
  }

  // ---- the look at borrow

  @Test
  void killedLately_isSeenByALookAtBorrow_beforeTheWatchBegins() {
    PoolFixture pool = pool();
    Connection connection = pool.get();
    use(connection);
    FakeDatabase.Session session = pool.session(connection);
    PoolFixture.giveBack(connection);
    pool.advanceMillis(300);
    session.kill();
    Connection next = pool.get();
    assertThat(pool.session(next)).isNotSameAs(session);
    use(next);
    PoolFixture.giveBack(next);
  }

  /** What was used just now is handed out without a look: the first error has to do for all. */
  @Test
  void firstErrorOfABusyPool_takesOutAllThatWereHungUpOn() {
    PoolFixture pool = pool();
    List<Connection> all = pool.get(4);
    all.forEach(connection -> use(connection));
    PoolFixture.giveBack(all.subList(1, 4));
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    assertThatThrownBy(() -> all.get(0).createStatement().execute("select 1"))
        .isInstanceOf(SQLException.class);
    PoolFixture.giveBack(all.get(0));
    List<Connection> next = pool.get(4);
    next.forEach(connection -> use(connection));
    PoolFixture.giveBack(next);
    assertThat(pool.stats().retired())
        .containsOnly(Map.entry(RetireReason.FATAL_ERROR, 1L), Map.entry(RetireReason.HUNG_UP, 3L));
    assertThat(pool.stats().pings()).as("questions").isZero();
  }

  @Test
  void errorOfOne_theOthersInSteadyUseStay() {
    PoolFixture pool = pool();
    List<Connection> all = pool.get(4);
    all.forEach(connection -> use(connection));
    PoolFixture.giveBack(all.subList(1, 4));
    pool.session(all.get(0)).kill();
    assertThatThrownBy(() -> all.get(0).createStatement().execute("select 1"))
        .isInstanceOf(SQLException.class);
    PoolFixture.giveBack(all.get(0));
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().retired()).containsOnly(Map.entry(RetireReason.FATAL_ERROR, 1L));
    assertThat(pool.stats().generation()).isEqualTo(1);
  }

  @Test
  void aliveAndUsedLately_isHandedOutWithoutAQuestion() {
    PoolFixture pool = pool();
    Connection connection = pool.get();
    use(connection);
    PoolFixture.giveBack(connection);
    pool.advanceMillis(300);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isZero();
  }

  /** Of two looks by the same thread, neither may rely on what the other found. */
  @Test
  void suspiciousAtTheFirstLookOnly_isHandedOutAllTheSame() {
    PoolFixture pool = create(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.watchableSockets();
    pool.start();
    use(pool);
    pool.engine.suspend();
    Borrower waiting = pool.borrow();
    pool.advanceMillis(200);
    pool.database.sessions().get(0).startle();
    pool.engine.resume();
    pool.runtime.runTasks();
    assertThat(waiting.isServed()).isTrue();
    waiting.giveBack();
  }

  private static void use(PoolFixture pool) {
    Connection connection = pool.get();
    use(connection);
    PoolFixture.giveBack(connection);
  }

  /** However quiet the pool was before: the next pass may be seconds away. */
  @Test
  void afterANotice_isWatchedAgainWithinASecondOrSo() {
    PoolFixture pool = quietPool();
    for (FakeDatabase.Session session : pool.database.sessions()) {
      pool.advanceMillis(5_700);
      session.send();
      pool.runtime.news(session);
      pool.runtime.runTasks();
      assertThat(watched(pool)).hasSize(3);
      pool.advanceMillis(1_200);
      assertThat(watched(pool)).hasSize(4);
    }
  }
}
