package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When a connection must go, what takes its place, and how many are there meanwhile. */
class RetirementTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  // ---- idleTimeout and minimumIdle

  @Test
  void unusedConnections_goDownToTheMinimum() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(6).minimumIdle(2).idleTimeout(Duration.ofSeconds(30)));
    PoolFixture.giveBack(pool.get(6));
    pool.advance(Duration.ofSeconds(29));
    assertThat(pool.stats().idle()).isEqualTo(6);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().retired(RetireReason.IDLE_TIMEOUT)).isEqualTo(4);
    pool.advance(Duration.ofHours(1));
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  /** The thread that rings the timers of all pools wrote that line, and waited for the log. */
  @Test
  void retirementByATimer_isToldOfByAWorker() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).idleTimeout(Duration.ofSeconds(30)));
    PoolFixture.giveBack(pool.get());
    try (LogCapture log = LogCapture.everythingBeside(Inventory.class)) {
      pool.runtime.passWithoutTasks(MINUTE);
      assertThat(pool.stats().retired(RetireReason.IDLE_TIMEOUT)).isEqualTo(1);
      assertThat(log.lines()).isEmpty();
      pool.runtime.runTasks();
      assertThat(log.count("fixture: retiring connection #1: IDLE_TIMEOUT")).isEqualTo(1);
    }
  }

  @Test
  void longestUnused_goesFirst() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(2));
    List<Connection> held = pool.get(4);
    List<FakeDatabase.Session> sessions = new ArrayList<>();
    // Neither the order of borrowing nor its reverse.
    for (int i : new int[] {2, 1, 3, 0}) {
      sessions.add(pool.session(held.get(i)));
      PoolFixture.giveBack(held.get(i));
      pool.advance(Duration.ofSeconds(4));
    }
    pool.advance(MINUTE);
    pool.reconfigure(c -> c.idleTimeout(Duration.ofSeconds(30)));
    pool.advance(SECOND);
    assertThat(sessions)
        .extracting(FakeDatabase.Session::isClosed)
        .containsExactly(true, true, false, false);
  }

  @Test
  void quietPool_usesTheSameFew_soThatTheOthersGo() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(4).minimumIdle(0).idleTimeout(Duration.ofSeconds(10)));
    PoolFixture.giveBack(pool.get(4));
    List<Borrower> atOnce = List.of(pool.borrow(), pool.borrow(), pool.borrow(), pool.borrow());
    pool.runtime.runTasks();
    atOnce.forEach(Borrower::giveBack);
    // Each thread had another connection last; now they take turns.
    for (int i = 0; i < 300; i++) {
      pool.advanceMillis(100);
      Borrower next = pool.borrow();
      pool.runtime.runTasks();
      next.giveBack();
    }
    assertThat(pool.stats().total()).isEqualTo(1);
  }

  @Test
  void minimum_isRestoredWithoutAnyBorrower() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(3));
    assertThat(pool.stats().idle()).isEqualTo(3);
    pool.engine.evict();
    assertThat(pool.stats().idle()).isZero();
    pool.advanceMillis(1);
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  @Test
  void minimumIdle_countsIdleOnes_upToTheMaximum() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(2));
    List<Connection> held = pool.get(2);
    pool.advance(SECOND);
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().total()).isEqualTo(4);
    held.addAll(pool.get(1));
    pool.advance(SECOND);
    assertThat(pool.stats().total()).isEqualTo(4);
    PoolFixture.giveBack(held);
  }

  @Test
  void minimumThatDoesNotFit_isFilledAsFarAsThereIsRoom() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(3));
    List<Connection> held = pool.get(3);
    assertThat(pool.stats().idle()).isZero();
    pool.advance(SECOND);
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.database.opened()).isEqualTo(4);
    PoolFixture.giveBack(held);
  }

  // ---- maxLifetime

  @Test
  void lifetimes_areSpreadByTheJitter_andNeverExceeded() {
    PoolFixture pool =
        start(
            c ->
                // So many that chance will not put all of them into a fifth of the spread.
                c.maximumPoolSize(30)
                    .minimumIdle(30)
                    .maxLifetime(Duration.ofMinutes(10))
                    .lifetimeJitter(0.5));
    pool.advance(Duration.ofSeconds(294));
    assertThat(pool.stats().retired()).isEmpty();
    List<FakeDatabase.Session> first = pool.database.sessions();
    TreeSet<Integer> ends = new TreeSet<>();
    for (int second = 294; second < 600; second += 6) {
      long before = closed(first);
      pool.advance(Duration.ofSeconds(6));
      if (closed(first) > before) {
        ends.add(second);
      }
    }
    pool.runtime.runTasks();
    assertThat(first).hasSize(30).allMatch(FakeDatabase.Session::isClosed);
    assertThat(ends).as("seconds with an end").hasSizeGreaterThan(3);
    assertThat(ends.last() - ends.first()).as("of 300 s").isGreaterThan(60);
    assertThat(pool.stats().retired().keySet()).containsExactly(RetireReason.MAX_LIFETIME);
    assertThat(pool.stats().idle()).isEqualTo(30);
  }

  private static long closed(List<FakeDatabase.Session> sessions) {
    return sessions.stream().filter(FakeDatabase.Session::isClosed).count();
  }

  @Test
  void whereThereIsRoom_theReplacementComesFirst() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(8).minimumIdle(3).maxLifetime(MINUTE).lifetimeJitter(0));
    pool.slowConnects(Duration.ofMillis(50));
    int[] fewest = {3};
    pool.advance(Duration.ofMinutes(5), () -> fewest[0] = Math.min(fewest[0], pool.stats().idle()));
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isGreaterThanOrEqualTo(12);
    assertThat(fewest[0]).isEqualTo(3);
  }

  @Test
  void fullPool_replacesOneAtATime() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(4).minimumIdle(4).maxLifetime(MINUTE).lifetimeJitter(0));
    pool.slowConnects(Duration.ofMillis(300));
    int[] fewest = {4};
    pool.advance(
        Duration.ofMinutes(5), () -> fewest[0] = Math.min(fewest[0], pool.stats().total()));
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isGreaterThanOrEqualTo(16);
    assertThat(fewest[0]).isEqualTo(3);
  }

  /**
   * One replacement for each pass of upkeep, a second apart, left most of them to go all at once in
   * the end.
   */
  @Test
  void largeFullPool_replacesOneAtATime() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(30)
                    .minimumIdle(30)
                    .connectConcurrency(16)
                    .maxLifetime(MINUTE)
                    .lifetimeJitter(0));
    pool.slowConnects(Duration.ofMillis(20));
    int[] fewest = {30};
    pool.advance(
        Duration.ofMinutes(3), () -> fewest[0] = Math.min(fewest[0], pool.stats().total()));
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isGreaterThanOrEqualTo(60);
    assertThat(fewest[0]).isGreaterThanOrEqualTo(29);
  }

  /** Its place is not free before, so to close another one would open none. */
  @Test
  void fullPool_waitsForTheOneThatIsBeingClosed() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(6).minimumIdle(6).maxLifetime(MINUTE).lifetimeJitter(0));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    pool.advanceUntil(() -> hang.inside() > 0);
    pool.advanceMillis(200);
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isEqualTo(1);
    hang.end();
    pool.advance(MINUTE);
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isGreaterThanOrEqualTo(6);
  }

  @Test
  void loweredLifetime_retiresOneAfterTheOther() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(10).minimumIdle(10).maxLifetime(Duration.ofHours(1)));
    pool.advance(Duration.ofMinutes(40));
    pool.slowConnects(Duration.ofMillis(50));
    List<FakeDatabase.Session> first = pool.database.sessions();
    pool.reconfigure(c -> c.maxLifetime(Duration.ofMinutes(10)));
    expectOneAfterTheOther(pool, first);
  }

  @Test
  void standstillLongerThanALife_isNoMassExpiry() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(10).minimumIdle(10).maxLifetime(Duration.ofHours(1)));
    pool.advance(MINUTE);
    pool.slowConnects(Duration.ofMillis(50));
    List<FakeDatabase.Session> first = pool.database.sessions();
    pool.runtime.standStill(Duration.ofHours(2));
    expectOneAfterTheOther(pool, first);
  }

  private static void expectOneAfterTheOther(PoolFixture pool, List<FakeDatabase.Session> overAge) {
    int[] fewest = {10};
    pool.advance(
        Duration.ofSeconds(32), () -> fewest[0] = Math.min(fewest[0], pool.stats().total()));
    assertThat(overAge).hasSize(10).allMatch(FakeDatabase.Session::isClosed);
    assertThat(fewest[0]).isGreaterThanOrEqualTo(8);
    assertThat(pool.stats().retired().keySet()).containsExactly(RetireReason.MAX_LIFETIME);
  }

  @Test
  void overAgeConnectionInUse_goesOnReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).maxLifetime(MINUTE).lifetimeJitter(0));
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    pool.advance(MINUTE.plus(SECOND));
    assertThat(session.isClosed()).isFalse();
    assertThat(pool.stats().active()).isEqualTo(1);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(session.isClosed()).isTrue();
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isEqualTo(1);
  }

  @Test
  void endOfLife_waitsForNoReplacementThatDoesNotCome() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(2).minimumIdle(1).maxLifetime(MINUTE).lifetimeJitter(0));
    pool.refuseConnects();
    pool.advance(MINUTE.minus(SECOND));
    assertThat(pool.stats().total()).as("still there while no other is").isEqualTo(1);
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().total()).isZero();
  }

  // ---- maxUses

  @Test
  void maxUses_isExact() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maxUses(3));
    for (int i = 1; i <= 9; i++) {
      Connection connection = pool.get();
      assertThat(pool.database.opened()).isEqualTo((i + 2) / 3);
      PoolFixture.giveBack(connection);
      pool.runtime.runTasks();
      assertThat(pool.stats().retired(RetireReason.MAX_USES)).isEqualTo(i / 3);
    }
    assertThat(pool.stats().borrows()).isEqualTo(9);
  }

  @Test
  void lastUse_isNotHandedToAWaiter() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maxUses(1));
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    Borrower borrower = pool.borrow();
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.session(borrower.connection())).isNotSameAs(session);
    assertThat(session.isClosed()).isTrue();
    borrower.giveBack();
  }

  // ---- maximumPoolSize, lowered and raised

  @Test
  void surplus_goesNowIfIdle_onReturnIfBusy() {
    PoolFixture pool = start(c -> c.maximumPoolSize(6).minimumIdle(0));
    List<Connection> held = pool.get(6);
    PoolFixture.giveBack(held.subList(4, 6));
    pool.reconfigure(c -> c.maximumPoolSize(2));
    pool.advanceMillis(1);
    PoolStats stats = pool.stats();
    assertThat(stats.retired(RetireReason.SURPLUS)).isEqualTo(2);
    assertThat(stats.active()).isEqualTo(4);
    pool.advance(SECOND);
    for (int i = 0; i < 4; i++) {
      PoolFixture.giveBack(held.get(i));
      pool.runtime.runTasks();
    }
    assertThat(pool.stats().total()).isEqualTo(2);
    assertThat(pool.stats().retired(RetireReason.SURPLUS)).isEqualTo(4);
    pool.advance(MINUTE);
    assertThat(pool.stats().total()).isEqualTo(2);
  }

  /** They were lent, all of them, and went when they came back. */
  @Test
  void surplusThatIsJustLoggingIn_goesWhenItArrives() {
    PoolFixture pool = start(c -> c.maximumPoolSize(8).minimumIdle(0).connectConcurrency(8));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Borrower> borrowers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      borrowers.add(pool.borrow());
    }
    pool.runtime.runTasks();
    pool.reconfigure(c -> c.maximumPoolSize(2));
    hang.end();
    pool.runtime.runTasks();
    assertThat(borrowers).filteredOn(Borrower::isServed).hasSize(2);
    assertThat(pool.stats().total()).isEqualTo(2);
    for (Borrower borrower : borrowers) {
      borrower.giveBack();
      pool.runtime.runTasks();
    }
    assertThat(pool.stats().total()).isEqualTo(2);
    assertThat(pool.stats().borrows()).isEqualTo(6);
  }

  @Test
  void growing_servesWaitersAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(0));
    Connection held = pool.get();
    Borrower first = pool.borrow();
    Borrower second = pool.borrow();
    pool.runtime.runTasks();
    pool.reconfigure(c -> c.maximumPoolSize(3));
    pool.runtime.runTasks();
    assertThat(first.isServed()).isTrue();
    assertThat(second.isServed()).isTrue();
    assertThat(first.waited()).isZero();
    PoolFixture.giveBack(held);
    first.giveBack();
    second.giveBack();
  }

  @Test
  void growing_connectsSideBySide() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(0));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.reconfigure(c -> c.maximumPoolSize(8));
    List<Borrower> borrowers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      borrowers.add(pool.borrow());
    }
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(8);
    hang.end();
    pool.runtime.runTasks();
    assertThat(borrowers).allMatch(Borrower::isServed);
    borrowers.forEach(Borrower::giveBack);
  }

  @Test
  void raisedMinimum_isFilledAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).minimumIdle(1));
    pool.reconfigure(c -> c.minimumIdle(4));
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  // ---- a return that does not end

  /**
   * The rollback goes into a black hole; the borrower's thread is beyond help, the place is not.
   */
  @Test
  void resetThatHangs_freesThePlaceAfterHalfAMinute() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection used = pool.get();
    FakeDatabase.Session session = pool.session(used);
    used.setAutoCommit(false);
    used.createStatement().execute("insert");
    SimulatedRuntime.Hang hang = pool.hang(session);
    pool.runtime.start("returner", () -> PoolFixture.giveBack(used));
    assertThat(hang.inside()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(29));
    assertThat(pool.stats().active()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
    pool.advance(Duration.ofSeconds(4));
    assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isEqualTo(1);
    assertThat(pool.cutOff()).containsExactly(session);
    assertThat(session.isClosed()).isTrue();
    PoolFixture.giveBack(pool.get());

    // That it comes back after all concerns nobody any more.
    assertThat(hang.inside()).isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().total()).isEqualTo(1);
    assertThat(pool.stats().closed()).isEqualTo(1);
  }

  @Test
  void rollbackOfADoomedOneThatHangs_freesThePlaceAfterHalfAMinute() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection used = pool.get();
    FakeDatabase.Session session = pool.session(used);
    used.setAutoCommit(false);
    used.createStatement().execute("insert");
    pool.engine.evict();
    SimulatedRuntime.Hang hang = pool.hang(session);
    pool.runtime.start("returner", () -> PoolFixture.giveBack(used));
    assertThat(hang.inside()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(29));
    assertThat(pool.stats().total()).isEqualTo(1);
    pool.advance(Duration.ofSeconds(4));
    assertThat(pool.cutOff()).containsExactly(session);
    assertThat(session.isClosed()).isTrue();
    PoolFixture.giveBack(pool.get());
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().total()).isEqualTo(1);
    assertThat(pool.stats().closed()).isEqualTo(1);
  }

  private static Connection usedBeyondJdbc(PoolFixture pool, Class<?> type) throws SQLException {
    Connection used = pool.get();
    used.unwrap(type);
    used.setAutoCommit(false);
    used.createStatement().execute("insert");
    return used;
  }

  /** Gives it back, and notes whether the thread is interrupted, in the driver and afterwards. */
  private static SimulatedRuntime.Hang hangInReset(
      PoolFixture pool, Connection used, List<Boolean> flags) {
    SimulatedRuntime.Hang hang = pool.hang(pool.session(used), flags);
    pool.runtime.start(
        "returner",
        () -> {
          PoolFixture.giveBack(used);
          flags.add(Thread.currentThread().isInterrupted());
        });
    return hang;
  }

  /** Where a driver waits for a lock, as for the end of a COPY, nothing else ends the wait. */
  @Test
  void resetThatHangs_beyondJdbc_isInterrupted_soon() throws SQLException {
    for (boolean doomed : new boolean[] {false, true}) {
      PoolFixture pool = start(c -> c.maximumPoolSize(1));
      Connection used = usedBeyondJdbc(pool, FakeDatabase.DriverConnection.class);
      if (doomed) {
        pool.engine.evict();
      }
      List<Boolean> flags = new ArrayList<>();
      SimulatedRuntime.Hang hang = hangInReset(pool, used, flags);
      pool.advanceMillis(4_900);
      assertThat(pool.stats().retired()).isEmpty();
      pool.advanceMillis(2_200);
      assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isEqualTo(1);
      hang.end();
      pool.runtime.runTasks();
      // In the driver; and no more when close() has returned.
      assertThat(flags).containsExactly(true, false);
      assertThat(pool.stats().suspicions()).as("from what it met, cut off").isZero();
    }
  }

  @Test
  void resetThatHangs_withoutASocket_isNotInterrupted() throws SQLException {
    PoolFixture pool = create(c -> c.maximumPoolSize(1));
    pool.embedded();
    pool.start();
    Connection used = usedBeyondJdbc(pool, Connection.class);
    List<Boolean> flags = new ArrayList<>();
    SimulatedRuntime.Hang hang = hangInReset(pool, used, flags);
    pool.advance(Duration.ofSeconds(40));
    assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isEqualTo(1);
    assertThat(pool.stats().closed()).isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(flags).containsExactly(false, false);
  }

  // ---- closing

  /** Whether the thread that hangs in a close is interrupted when the close is given up. */
  private static boolean isHungCloseInterrupted(PoolFixture pool) {
    Connection held = pool.get();
    List<Boolean> flags = new ArrayList<>();
    SimulatedRuntime.Hang hang = pool.hang(pool.session(held), flags);
    PoolFixture.giveBack(held);
    pool.advanceMillis(5_100);
    hang.end();
    pool.runtime.runTasks();
    pool.database.breaches().removeIf(breach -> breach.contains("closed already"));
    assertThat(flags).hasSize(1);
    return flags.get(0);
  }

  @Test
  void closeThatHangs_isInterrupted() {
    assertThat(isHungCloseInterrupted(start(c -> c.maximumPoolSize(1).maxUses(1)))).isTrue();
  }

  /** An embedded database can close its files at an interrupt. */
  @Test
  void closeThatHangs_withoutASocket_isNotInterrupted() {
    PoolFixture pool = create(c -> c.maximumPoolSize(1).maxUses(1));
    pool.embedded();
    pool.start();
    assertThat(isHungCloseInterrupted(pool)).isFalse();
  }

  /** It may wait for a lock that the reset holds. */
  @Test
  void closeThatHangs_hasTheResetInterruptedThatItWasBegunUnder() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection used = usedBeyondJdbc(pool, FakeDatabase.DriverConnection.class);
    SimulatedRuntime.Hang abort = pool.runtime.hang();
    pool.session(used).onAbort(abort);
    List<Boolean> flags = new ArrayList<>();
    SimulatedRuntime.Hang reset = hangInReset(pool, used, flags);
    pool.advanceUntil(() -> abort.inside() > 0);
    pool.advanceMillis(5_100);
    reset.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().closing()).isEqualTo(1);
    assertThat(flags).containsExactly(true, false);
    abort.end();
    pool.runtime.runTasks();
    pool.database.breaches().removeIf(breach -> breach.contains("closed already"));
  }

  /** Each would keep what is closed for as long as it runs. */
  @Test
  void closesThatEnd_leaveNoTimers() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).maxUses(1));
    List<Connection> held = pool.get(4);
    int before = pool.runtime.alarms();
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.stats().closed()).isEqualTo(4);
    assertThat(pool.runtime.alarms()).isEqualTo(before);
  }

  @Test
  void closeInPeace_keepsThePlace_soThatNoSessionIsOpenedBesideIt() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maxUses(1));
    Connection held = pool.get();
    SimulatedRuntime.Hang hang = pool.hang(pool.session(held));
    PoolFixture.giveBack(held);
    Borrower borrower = pool.borrow();
    pool.advanceMillis(200);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.connects()).isEqualTo(1);
    assertThat(borrower.isServed()).isFalse();
    hang.end();
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  /** There the session is likely gone, and the way back matters more. */
  @Test
  void closeOfOneInDoubt_freesThePlaceAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    PoolFixture.giveBack(held);
    pool.advance(Duration.ofMinutes(1));
    session.kill();
    SimulatedRuntime.Hang abort = pool.runtime.hang();
    session.onAbort(abort);
    Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    assertThat(pool.stats().retired(RetireReason.VALIDATION_FAILED)).isEqualTo(1);
    assertThat(abort.inside()).isEqualTo(1);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
    abort.end();
    pool.runtime.runTasks();
  }

  @Test
  void closeThatHangs_freesThePlaceAfterAMoment_andIsCutOffAfterFiveSeconds() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maxUses(1));
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    SimulatedRuntime.Hang hang = pool.hang(session);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.stats().closing()).isEqualTo(1);
    Borrower borrower = pool.borrow();
    pool.advanceMillis(300);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
    pool.advanceMillis(4_600);
    assertThat(session.isClosed()).isFalse();
    pool.advanceMillis(200);
    assertThat(session.isClosed()).isTrue();
    assertThat(hang.inside()).isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().closing()).isZero();
    pool.database.breaches().removeIf(breach -> breach.contains("closed already"));
  }
}
