package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.AttemptLimits;
import dev.tidepool.internal.inventory.ConnectLog;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * How connections come to be: how many at a time, what a failure costs, and what becomes of those
 * that come late.
 */
class ConnectingTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static List<Borrower> borrow(PoolFixture pool, int n) {
    List<Borrower> borrowers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      borrowers.add(pool.borrow());
    }
    return borrowers;
  }

  // ---- how many

  @Test
  void connects_runSideBySide_upToConnectConcurrency() {
    PoolFixture pool = start(c -> c.maximumPoolSize(10).connectConcurrency(3));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Borrower> borrowers = borrow(pool, 8);
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(3);
    assertThat(pool.stats().connecting()).isEqualTo(3);
    hang.end();
    pool.runtime.runTasks();
    assertThat(borrowers).allMatch(Borrower::isServed);
    assertThat(pool.mostConnects()).isLessThanOrEqualTo(3);
    assertThat(pool.stats().total()).isEqualTo(8);
    borrowers.forEach(Borrower::giveBack);
  }

  @Test
  void moreWaitersThanPlaces_neverOpenMoreThanTheMaximum() {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).connectConcurrency(16));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Borrower> borrowers = borrow(pool, 12);
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(5);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.database.opened()).isEqualTo(5);
    assertThat(borrowers.stream().filter(Borrower::isServed)).hasSize(5);
    for (Borrower borrower : borrowers) {
      pool.runtime.runTasks();
      borrower.giveBack();
    }
    assertThat(pool.database.opened()).isEqualTo(5);
  }

  @Test
  void oneWaiter_startsOneConnect() {
    PoolFixture pool = start(c -> c.maximumPoolSize(8));
    PoolFixture.giveBack(pool.get());
    pool.advance(SECOND);
    assertThat(pool.connects()).isEqualTo(1);
  }

  // ---- a login that hangs

  @Test
  void hungLogin_isGivenUpAtConnectTimeout_andItsPlaceIsFree() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .connectTimeout(SECOND)
                    .connectionTimeout(SECOND.multipliedBy(5)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    pool.acceptConnects();
    pool.advanceMillis(999);
    assertThat(pool.stats().connecting()).isEqualTo(1);
    assertThat(pool.stats().connectFailures()).isZero();
    pool.advanceMillis(1);
    PoolStats stats = pool.stats();
    assertThat(stats.connecting()).isZero();
    assertThat(stats.hungConnects()).isEqualTo(1);
    assertThat(stats.connectFailures()).isEqualTo(1);
    assertThat(stats.lastConnectFailure()).contains("connectTimeout=1000 ms");
    assertThat(pool.attempts().get(0).isCutOff()).as("its socket is closed").isTrue();
    pool.advanceMillis(100);
    assertThat(hang.inside()).as("still in the driver").isEqualTo(1);
    assertThat(borrower.isServed()).as("served by another connect").isTrue();
    borrower.giveBack();
  }

  /** Free before the pause is noted, the next connect would begin without it. */
  @Test
  void loginThatReturnsWhileItIsGivenUp_leavesItsPlaceToWhoGivesItUp() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .connectTimeout(SECOND)
                    .connectionTimeout(SECOND.multipliedBy(5)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    pool.acceptConnects();
    AtomicInteger connectingThen = new AtomicInteger(-1);
    pool.runtime.beforeNextTask(
        () -> {
          hang.end();
          pool.runtime.runTasks();
          connectingThen.set(pool.stats().connecting());
        });
    pool.advance(SECOND);
    assertThat(connectingThen).hasValue(1);
    assertThat(pool.stats().connecting()).isZero();
    pool.advance(SECOND);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  @Test
  void oneHungLogin_doesNotHoldUpTheOthers() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).connectConcurrency(3));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.onConnect(
        () -> {
          pool.acceptConnects();
          hang.run();
        });
    List<Borrower> borrowers = borrow(pool, 3);
    pool.advanceMillis(1);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(borrowers.stream().filter(Borrower::isServed)).hasSize(2);
    pool.advance(Duration.ofMillis(2200));
    assertThat(borrowers).allMatch(Borrower::isServed);
    borrowers.forEach(Borrower::giveBack);
  }

  @Test
  void connectionThatComesAfterItsConnectWasGivenUp_isClosed() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectTimeout(SECOND));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    pool.refuseConnects();
    pool.advanceMillis(1050);
    assertThat(pool.stats().hungConnects()).isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.database.opened()).isEqualTo(1);
    assertThat(pool.database.openNow()).as("closed again").isZero();
    assertThat(borrower.isWaiting()).isTrue();
    PoolStats stats = pool.stats();
    assertThat(stats.hungConnects()).isZero();
    assertThat(stats.opened()).as("was never the pool's").isZero();
  }

  @Test
  void hungLogins_areBounded_andGoOnWhenOneReturns() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(10)
                    .connectConcurrency(10)
                    .connectTimeout(Duration.ofMillis(100))
                    .connectionTimeout(Duration.ofHours(1)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Borrower> borrowers = borrow(pool, 10);
    // Each of them holds a thread; ten more can be on their way when the bound is met.
    advanceUntilHung(pool, 64);
    assertThat(pool.stats().hungConnects()).isBetween(64, 73);
    pool.advance(Duration.ofSeconds(1));
    int begun = pool.connects();
    pool.advance(Duration.ofMinutes(10));
    assertThat(pool.connects() - begun).as("one in half a minute").isBetween(18, 21);
    pool.acceptConnects();
    hang.end();
    pool.advance(Duration.ofSeconds(6));
    assertThat(borrowers).allMatch(Borrower::isServed);
    assertThat(pool.stats().hungConnects()).isZero();
    borrowers.forEach(Borrower::giveBack);
  }

  private static void advanceUntilHung(PoolFixture pool, int logins) {
    for (int i = 0; i < 1200 && pool.stats().hungConnects() < logins; i++) {
      pool.advance(Duration.ofSeconds(1));
    }
  }

  /** Drivers whose sockets the pool cannot reach, before a host that vanished without a word. */
  @Test
  void hungLoginsThatNeverReturn_doNotEndThePool() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(10)
                    .connectTimeout(Duration.ofMillis(100))
                    .connectionTimeout(Duration.ofHours(1)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Borrower> borrowers = borrow(pool, 10);
    advanceUntilHung(pool, 64);
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(32));
    assertThat(borrowers).as("all, after the first success").allMatch(Borrower::isServed);
    assertThat(pool.stats().hungConnects()).isGreaterThanOrEqualTo(64);
    borrowers.forEach(Borrower::giveBack);
    hang.end();
  }

  // ---- failures

  @Test
  void errorFromTheDriver_isAFailedConnect() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.onConnect(
        () -> {
          pool.acceptConnects();
          throw new NoClassDefFoundError("org/example/Missing");
        });
    Borrower borrower = pool.borrow();
    pool.advanceMillis(100);
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().connectFailures()).isEqualTo(1);
    assertThat(pool.events.lines("connect failed")).hasSize(1);
    borrower.giveBack();
  }

  @Test
  void failures_areRetriedEverMoreSlowly_oneAtATime() {
    PoolFixture pool = create(c -> c.minimumIdle(1).connectConcurrency(4));
    pool.refuseConnects();
    pool.start();
    List<Long> pauses = new ArrayList<>();
    long last = 0;
    int seen = 0;
    for (long ms = 0; ms < 60_000; ms += 10) {
      pool.advanceMillis(10);
      assertThat(pool.connects() - seen).isLessThanOrEqualTo(seen == 0 ? 2 : 1);
      if (pool.connects() > seen) {
        seen = pool.connects();
        pauses.add(ms - last);
        last = ms;
      }
    }
    assertThat(pauses.get(1)).isBetween(40L, 110L);
    assertThat(pauses.get(2)).isBetween(90L, 210L);
    assertThat(pauses.get(3)).isBetween(190L, 410L);
    assertThat(pauses.get(pauses.size() - 1)).isBetween(2_490L, 5_010L);
    assertThat(pauses).allMatch(pause -> pause <= 5_010);
    assertThat(pool.stats().connectFailures()).isEqualTo(seen);

    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(5));
    assertThat(pool.stats().total()).isEqualTo(1);
  }

  @Test
  void whileSomebodyWaits_failuresAreRetriedEvery800Millis() {
    PoolFixture pool = start(c -> c.connectConcurrency(4).connectionTimeout(Duration.ofHours(1)));
    pool.refuseConnects();
    Borrower borrower = pool.borrow();
    pool.advance(Duration.ofMinutes(1));
    int seen = pool.connects();
    pool.advance(Duration.ofMinutes(1));
    assertThat(pool.connects() - seen).as("400 to 800 ms apart").isBetween(70, 155);
    pool.acceptConnects();
    pool.advanceMillis(810);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  @Test
  void afterAFailure_oneAttemptFeelsItsWay_afterASuccessAllGo() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(4)
                    .connectConcurrency(4)
                    .connectionTimeout(SECOND.multipliedBy(60)));
    pool.refuseConnects();
    List<Borrower> borrowers = borrow(pool, 4);
    pool.runtime.runTasks();
    assertThat(pool.connects()).isEqualTo(4);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.onConnect(hang::run);
    pool.advanceMillis(450);
    assertThat(hang.inside()).as("one, however many wait").isEqualTo(1);
    SimulatedRuntime.Hang others = pool.hangConnects();
    hang.end();
    pool.runtime.runTasks();
    assertThat(others.inside()).as("the rest, at once").isEqualTo(3);
    others.end();
    pool.runtime.runTasks();
    assertThat(borrowers).allMatch(Borrower::isServed);
    borrowers.forEach(Borrower::giveBack);
  }

  /** Packets into the void must not hold a place for as long as a login may take. */
  @Test
  void whileConnectsFail_aTcpHandshakeMayTakeTwoSeconds() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .connectionTimeout(Duration.ofMinutes(1)));
    pool.refuseConnects();
    Borrower borrower = pool.borrow();
    pool.advanceUntil(() -> pool.connects() == 2);
    pool.acceptConnects();
    pool.advanceUntil(borrower::isServed);
    borrower.giveBack();
    pool.engine.evict();
    PoolFixture.giveBack(pool.get());
    assertThat(pool.attempts())
        .extracting(AttemptLimits::tcpConnectMillis)
        .containsExactly(0, 2000, 2000, 0);
  }

  @Test
  void success_resetsTheBackoff_andIsLoggedOnce() {
    try (LogCapture log = new LogCapture(ConnectLog.class)) {
      PoolFixture pool = start(c -> c.maximumPoolSize(2).connectionTimeout(Duration.ofMinutes(5)));
      pool.refuseConnects();
      Borrower first = pool.borrow();
      pool.advance(Duration.ofSeconds(30));
      assertThat(log.count("fixture: cannot connect (attempt 1)")).isEqualTo(1);
      assertThat(log.count("cannot connect")).as("not once for each attempt").isLessThan(4);
      pool.acceptConnects();
      pool.advance(Duration.ofSeconds(5));
      assertThat(first.isServed()).isTrue();
      assertThat(log.count("fixture: connected again after")).isEqualTo(1);

      pool.refuseConnects();
      Borrower second = pool.borrow();
      pool.runtime.runTasks();
      pool.acceptConnects();
      pool.advanceMillis(100);
      assertThat(second.isServed()).as("the first pause is short again").isTrue();
      first.giveBack();
      second.giveBack();
    }
  }

  @Test
  void failedMinimum_isRetriedWithoutAnyBorrower() {
    PoolFixture pool = create(c -> c.maximumPoolSize(3).minimumIdle(3));
    pool.refuseConnects();
    pool.start();
    pool.advance(Duration.ofSeconds(20));
    assertThat(pool.stats().total()).isZero();
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(6));
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  // ---- what must not enter the pool

  @Test
  void connectionArrivingAfterClose_isClosed() {
    PoolFixture pool = start(c -> c.connectTimeout(Duration.ofSeconds(60)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(borrower.failure()).hasMessageContaining("closed");
    assertThat(pool.stats().connecting()).isZero();
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.database.opened()).isEqualTo(1);
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.stats().connectFailures()).as("a closing pool has no failures").isZero();
    assertThat(pool.stats().retired(RetireReason.POOL_CLOSED)).isZero();
  }

  /** It cannot be given up any more, and the close may have looked at what there is before. */
  @Test
  void loginThatEndsInTheMomentOfTheClose_isClosed() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2));
    pool.hangConnects();
    pool.borrow();
    pool.runtime.runTasks();
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.borrow();
    pool.runtime.runTasks();
    pool.runtime.beforeNextTask( // while the first login is being given up
        () -> {
          hang.end();
          pool.runtime.runTasks();
        });
    pool.engine.inventory().close();
    pool.runtime.runTasks();
    assertThat(pool.database.opened()).isEqualTo(1);
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.stats().retired(RetireReason.POOL_CLOSED)).isEqualTo(1);
  }

  /** Each of them wrote a line of its own, all but the first as "attempt 0". */
  @Test
  void connectsThatFailSideBySide_areOneFailure_andOneLine() {
    PoolFixture pool = start(c -> c.maximumPoolSize(6).minimumIdle(0));
    pool.refuseConnects();
    try (LogCapture log = new LogCapture(ConnectLog.class)) {
      for (int i = 0; i < 6; i++) {
        assertThat(pool.borrow().isWaiting()).isTrue();
      }
      pool.runtime.runTasks();
      assertThat(pool.stats().connectFailures()).isEqualTo(6);
      assertThat(log.count("cannot connect (attempt 1)")).isEqualTo(1);
      assertThat(log.count("cannot connect")).isEqualTo(1);
    }
  }

  @Test
  void attemptAfterAFailure_thatHangs_givesWayWhenInDoubt() {
    PoolFixture pool =
        start(
            c ->
                c.connectTimeout(Duration.ofSeconds(10)).connectionTimeout(Duration.ofSeconds(30)));
    pool.refuseConnects();
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.advanceMillis(150);
    assertThat(hang.inside()).isEqualTo(1);
    pool.acceptConnects();
    pool.advanceUntil(borrower::isServed);
    assertThat(borrower.waited()).isLessThan(Duration.ofSeconds(2));
    borrower.giveBack();
  }
}
