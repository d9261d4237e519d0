package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.upkeep.Checker;
import dev.tidepool.internal.upkeep.Upkeep;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The heartbeat: who is pinged and when, and that a ping which fails or hangs costs its own
 * connection only.
 */
class KeepaliveTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TIME = Duration.ofSeconds(10);

  private PoolFixture pinging(int connections) {
    return start(c -> c.maximumPoolSize(connections).minimumIdle(connections).keepaliveTime(TIME));
  }

  // ---- when

  @Test
  void quietConnection_isPinged_afterKeepaliveTimeLessAFifth() {
    PoolFixture pool = pinging(4);
    pool.advanceMillis(7_900);
    assertThat(pool.stats().pings()).isZero();
    pool.advanceMillis(2_200);
    assertThat(pool.stats().pings()).isEqualTo(4);
    assertThat(pool.stats().pingFailures()).isZero();
    assertThat(pool.stats().idle()).isEqualTo(4);
    assertThat(pool.events.lines("pinged")).hasSize(4).allMatch(line -> line.endsWith("alive"));
  }

  @Test
  void pingIsTraffic_theNextComesAfterAnotherKeepaliveTime() {
    PoolFixture pool = pinging(1);
    pool.advance(Duration.ofMinutes(10));
    assertThat(pool.stats().pings()).isBetween(59L, 76L);
  }

  @Test
  void pingsOfAPoolFilledAtOnce_areSpread() {
    PoolFixture pool = pinging(50);
    long[] most = new long[2];
    pool.advance(
        TIME.plusMillis(100),
        () -> {
          most[1] = Math.max(most[1], pool.stats().pings() - most[0]);
          most[0] = pool.stats().pings();
        });
    assertThat(pool.stats().pings()).isEqualTo(50);
    assertThat(most[1]).as("most pings within 10 ms").isLessThan(20);
  }

  @Test
  void statements_makePingsNeedless() throws SQLException {
    PoolFixture pool = pinging(1);
    for (int i = 0; i < 20; i++) {
      pool.advance(Duration.ofSeconds(6));
      try (Connection connection = pool.get()) {
        connection.createStatement().execute("select 1");
      }
    }
    assertThat(pool.stats().pings()).isZero();
  }

  @Test
  void borrowedConnection_isNeverPinged() {
    PoolFixture pool = pinging(2);
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    session.onNextCall(
        () -> {
          throw new AssertionError("a borrowed connection was used by the pool");
        });
    pool.advance(Duration.ofMinutes(1));
    assertThat(pool.stats().pings()).isPositive();
    assertThat(pool.stats().active()).isEqualTo(1);
    session.onNextCall(() -> {});
    PoolFixture.giveBack(held);
  }

  @Test
  void ping_countsAsValidation() {
    PoolFixture pool = pinging(1);
    pool.advanceUntil(() -> pool.stats().pings() > 0);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isZero();
    pool.advanceMillis(700);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isEqualTo(1);
  }

  @Test
  void ping_doesNotResetIdleTimeout() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(0)
                    .keepaliveTime(SECOND)
                    .idleTimeout(Duration.ofSeconds(30)));
    PoolFixture.giveBack(pool.get());
    pool.advance(Duration.ofSeconds(29));
    assertThat(pool.stats().pings()).isGreaterThan(25);
    assertThat(pool.stats().total()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.stats().retired(RetireReason.IDLE_TIMEOUT)).isEqualTo(1);
  }

  @Test
  void unusedConnectionThatStays_isStillPinged() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(1)
                    .keepaliveTime(SECOND)
                    .idleTimeout(Duration.ofSeconds(5)));
    pool.advance(Duration.ofSeconds(30));
    assertThat(pool.stats().pings()).isGreaterThan(25);
  }

  @Test
  void connectionNearItsEnd_isStillPinged() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(1)
                    .keepaliveTime(SECOND)
                    .maxLifetime(Duration.ofMinutes(1))
                    .lifetimeJitter(0));
    pool.refuseConnects();
    pool.advance(Duration.ofSeconds(55));
    long before = pool.stats().pings();
    pool.advanceMillis(4_500);
    assertThat(pool.stats().total()).isEqualTo(1);
    assertThat(pool.stats().pings() - before).isGreaterThanOrEqualTo(3);
  }

  @Test
  void keepaliveTimeZero_pingsNever_andCanBeChangedWhileRunning() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advance(Duration.ofHours(2));
    assertThat(pool.stats().pings()).isZero();
    pool.reconfigure(c -> c.keepaliveTime(TIME));
    pool.advance(TIME);
    assertThat(pool.stats().pings()).isBetween(1L, 2L);
  }

  // ---- what the server allows

  @Test
  void serversIdleLimit_halvedCapsTheInterval_andIsLoggedOnce() {
    try (LogCapture log = new LogCapture(Upkeep.class)) {
      PoolFixture pool = pinging(2);
      pool.idleLimit(Duration.ofSeconds(4));
      pool.advance(Duration.ofSeconds(60));
      assertThat(pool.stats().pings()).as("one in 1.6 to 2 s each").isBetween(56L, 80L);
      assertThat(log.count("fixture: the server ends sessions that are idle for 4000 ms"))
          .isEqualTo(1);
      assertThat(log.text()).contains("pinged after 2000 ms at the latest (keepaliveTime is ");
      assertThat(pool.events.lines("server limit")).containsExactly("server limit 4000 ms");
      assertThat(pool.stats().serverIdleLimit()).isEqualTo(Duration.ofSeconds(4));

      pool.idleLimit(null);
      pool.advance(Duration.ofSeconds(2));
      long before = pool.stats().pings();
      pool.advance(Duration.ofSeconds(30));
      assertThat(pool.stats().pings() - before).as("as configured again").isLessThan(10);
    }
  }

  @Test
  void generousIdleLimit_changesNothing() {
    PoolFixture pool = pinging(1);
    pool.idleLimit(Duration.ofSeconds(20));
    pool.advance(Duration.ofSeconds(7));
    assertThat(pool.stats().pings()).isZero();
  }

  @Test
  void idleLimitWithoutHeartbeat_isWarnedOf() {
    try (LogCapture log = new LogCapture(Upkeep.class)) {
      PoolFixture pool = start(c -> c.minimumIdle(1));
      pool.idleLimit(Duration.ofSeconds(4));
      pool.advance(Duration.ofMinutes(1));
      assertThat(log.count("keepaliveTime=0 turns the heartbeat off")).isEqualTo(1);
      assertThat(pool.stats().pings()).isZero();
    }
  }

  // ---- what a bad ping costs

  @Test
  void deadConnection_isReplacedBeforeAnybodyBorrowsIt() {
    PoolFixture pool = pinging(3);
    FakeDatabase.Session dead = pool.database.sessions().get(1);
    dead.kill();
    pool.advance(TIME.plus(SECOND));
    PoolStats stats = pool.stats();
    assertThat(stats.pingFailures()).isEqualTo(1);
    assertThat(stats.retired(RetireReason.PING_FAILED)).isEqualTo(1);
    assertThat(stats.idle()).isEqualTo(3);
    assertThat(dead.isClosed()).isTrue();
    assertThat(pool.events.lines("pinged 2")).containsExactly("pinged 2 dead");
    assertThat(pool.events.lines("retired")).hasSize(1);
    assertThat(pool.events.lines("retired").get(0))
        .startsWith("retired 2 PING_FAILED")
        .as("isValid gives no reason, and the event says so")
        .contains("isValid() says no, and not why", "keepaliveQuery");
    PoolFixture.giveBack(pool.get(3));
    assertThat(pool.stats().validationFailures()).isZero();
  }

  @Test
  void hungPing_costsItsOwnConnectionOnly() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(5)
                    .minimumIdle(5)
                    .keepaliveTime(TIME)
                    .keepaliveTimeout(Duration.ofSeconds(15))
                    .maxLifetime(Duration.ofSeconds(40))
                    .lifetimeJitter(0));
    FakeDatabase.Session frozen = pool.database.sessions().get(0);
    SimulatedRuntime.Hang hang = pool.hang(frozen);
    pool.advanceUntil(() -> hang.inside() > 0);
    // While it hangs, the others are borrowed ...
    List<Connection> others = pool.get(4);
    assertThat(pool.stats().checking()).isEqualTo(1);
    PoolFixture.giveBack(others);
    // ... and pinged, and it is given up when its own time is over.
    pool.advanceMillis(14_980);
    assertThat(pool.stats().pings()).isGreaterThanOrEqualTo(5);
    assertThat(pool.stats().retired()).isEmpty();
    pool.advanceMillis(20);
    assertThat(pool.stats().retired(RetireReason.PING_TIMEOUT)).isEqualTo(1);
    assertThat(pool.cutOff()).as("cut off from another thread").containsExactly(frozen);
    assertThat(frozen.isClosed()).isTrue();
    assertThat(hang.inside()).isEqualTo(1);
    pool.runtime.runTasks();
    assertThat(pool.stats().total()).as("replaced").isEqualTo(5);
    // ... and the others expire in time.
    pool.advance(Duration.ofSeconds(40));
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isGreaterThanOrEqualTo(4);
    assertThat(pool.stats().pingFailures()).isEqualTo(1);

    // Its late answer changes nothing.
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().pingFailures()).isEqualTo(1);
    assertThat(pool.stats().total()).isEqualTo(5);
  }

  /** A pool of one that has yet to be started. */
  private PoolFixture pingsOne() {
    return create(
        c -> c.maximumPoolSize(1).minimumIdle(1).keepaliveTime(TIME).keepaliveTimeout(SECOND));
  }

  /** Whether the thread that hangs in a ping is interrupted when the ping is given up. */
  private static boolean isHungPingInterrupted(PoolFixture pool) {
    pool.start();
    List<Boolean> flags = new ArrayList<>();
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0), flags);
    pool.advanceUntil(() -> hang.inside() > 0);
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().closed()).isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(flags).hasSize(1);
    return flags.get(0);
  }

  /** A driver may wait for a lock of its own, which no closed socket frees. */
  @Test
  void hungPing_isInterrupted_whenItsConnectionIsClosed() {
    assertThat(isHungPingInterrupted(pingsOne())).isTrue();
  }

  /** An embedded database can close its files at an interrupt. */
  @Test
  void hungPing_withoutASocket_isNotInterrupted() {
    PoolFixture pool = pingsOne();
    pool.embedded();
    assertThat(isHungPingInterrupted(pool)).isFalse();
  }

  @Test
  void hungPing_holdsUpNeitherLeakReportsNorTrimming() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(4)
                    .keepaliveTime(SECOND)
                    .keepaliveTimeout(Duration.ofMinutes(1))
                    .hedgeAfter(Duration.ZERO)
                    .idleTimeout(Duration.ofSeconds(5))
                    .leakDetectionThreshold(Duration.ofSeconds(5)));
    List<Connection> held = pool.get(4);
    SimulatedRuntime.Hang hang = pool.hang(pool.session(held.get(0)));
    PoolFixture.giveBack(held.subList(0, 3));
    pool.advanceUntil(() -> hang.inside() > 0);
    assertThat(pool.stats().leaks()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
    pool.advance(Duration.ofSeconds(7));
    assertThat(pool.stats().checking()).as("hangs on").isEqualTo(1);
    assertThat(pool.stats().leaks()).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.IDLE_TIMEOUT)).isEqualTo(2);
    hang.end();
    PoolFixture.giveBack(held.get(3));
  }

  @Test
  void pings_runInParallel_sixteenAtATime() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(40)
                    .minimumIdle(40)
                    .keepaliveTime(TIME)
                    .hedgeAfter(Duration.ZERO)
                    .keepaliveTimeout(Duration.ofSeconds(60)));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    pool.advance(TIME.plus(SECOND));
    assertThat(hang.inside()).isEqualTo(16);
    assertThat(pool.stats().checking()).isEqualTo(16);
    assertThat(pool.stats().idle()).as("can be borrowed").isEqualTo(24);
    hang.end();
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().idle()).isEqualTo(40);
    assertThat(pool.stats().pings()).isGreaterThanOrEqualTo(40);
    assertThat(pool.stats().retired()).isEmpty();
  }

  /** The thread that rings the timers of all pools wrote that line, and waited for the log. */
  @Test
  void pingWhoseTimeIsOver_isToldOfByAWorker() {
    PoolFixture pool = pinging(1);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    pool.advanceUntil(() -> hang.inside() == 1);
    try (LogCapture log = LogCapture.everythingBeside(Checker.class)) {
      pool.runtime.passWithoutTasks(Duration.ofSeconds(2));
      assertThat(pool.stats().retired(RetireReason.PING_TIMEOUT)).isEqualTo(1);
      assertThat(log.lines()).isEmpty();
      pool.runtime.runTasks();
      assertThat(log.count("fixture: connection #1 did not answer within 1000 ms: PING_TIMEOUT"))
          .isEqualTo(1);
    }
  }

  @Test
  void manyPingsHang_furtherConnectionsAreNotAsked_andTheLogSaysSo() {
    PoolFixture pool = pinging(20);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onEachCall(hang));
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.onEachCall(hang);
          return session;
        });
    try (LogCapture log = LogCapture.everythingBeside(Checker.class)) {
      pool.advance(TIME.multipliedBy(7));
      assertThat(log.count("was not asked: 64 checks already hang in the driver: PING_TIMEOUT"))
          .isPositive();
    }
    assertThat(hang.inside()).as("threads").isGreaterThanOrEqualTo(64);
    hang.end();
    pool.advance(TIME);
  }

  @Test
  void noMemoryToBeginAPing_losesNoSlot() {
    PoolFixture pool = pinging(3);
    Error error = new OutOfMemoryError("of the test");
    pool.runtime.failNextTask(error);
    pool.advance(TIME.plus(SECOND));
    assertThat(pool.runtime.failures()).containsExactly(error);
    pool.runtime.failures().clear(); // expected, as no other is
    assertThat(pool.stats().idle()).isEqualTo(3);
    assertThat(pool.stats().checking()).isZero();
    long pings = pool.stats().pings();
    pool.advance(TIME.plus(SECOND));
    assertThat(pool.stats().pings() - pings).isGreaterThanOrEqualTo(3);
  }

  @Test
  void errorInAPing_losesNoSlot() {
    PoolFixture pool = pinging(3);
    pool.database
        .sessions()
        .forEach(
            session ->
                session.onNextCall(
                    () -> {
                      throw new OutOfMemoryError("of a driver");
                    }));
    pool.advance(TIME.plus(SECOND));
    PoolStats stats = pool.stats();
    assertThat(stats.retired(RetireReason.PING_FAILED)).isEqualTo(3);
    assertThat(stats.idle()).isEqualTo(3);
    assertThat(stats.checking()).isZero();
    assertThat(pool.events.lines("retired")).allMatch(line -> line.contains("OutOfMemoryError"));
  }

  @Test
  void allPingsHang_theirPlacesAreFreeAgainAfterTheDeadline() {
    PoolFixture pool = pinging(20);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    pool.advance(TIME.plus(Duration.ofSeconds(4)));
    assertThat(pool.stats().opened()).isEqualTo(40);
    assertThat(pool.stats().retired(RetireReason.PING_TIMEOUT)).isGreaterThanOrEqualTo(1);
    assertThat(pool.stats().generation()).isEqualTo(2);
    assertThat(pool.stats().idle()).isEqualTo(20);
    hang.end();
  }

  @Test
  void changedKeepaliveTimeout_countsForTheNextPing() {
    PoolFixture pool = pinging(1);
    pool.reconfigure(c -> c.keepaliveTimeout(Duration.ofSeconds(3)));
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    pool.advanceUntil(() -> hang.inside() > 0);
    pool.advanceMillis(2_980);
    assertThat(pool.stats().pingFailures()).isZero();
    pool.advanceMillis(20);
    assertThat(pool.stats().pingFailures()).isEqualTo(1);
  }
}
