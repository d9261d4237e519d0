package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Suspend, resume, evict, drain and prefill. */
class OperationsTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  // ---- suspend and resume

  @Test
  void suspendedPool_holdsBorrowersBack_untilResume() {
    PoolFixture pool = start(c -> c.minimumIdle(2));
    Connection held = pool.get();
    long before = pool.runtime.nanoTime();
    pool.engine.suspend();
    assertThat(pool.runtime.nanoTime()).as("returns at once").isEqualTo(before);
    assertThat(pool.stats().state()).isEqualTo(PoolState.SUSPENDED);
    Borrower borrower = pool.borrow();
    PoolFixture.giveBack(held);
    pool.advance(SECOND);
    assertThat(borrower.isWaiting()).isTrue();
    pool.engine.resume();
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).isTrue();
    assertThat(borrower.waited()).isEqualTo(SECOND);
    borrower.giveBack();
    assertThat(pool.events.lines("RUNNING")).containsExactly("RUNNING -> SUSPENDED");
    assertThat(pool.events.lines("SUSPENDED")).containsExactly("SUSPENDED -> RUNNING");
  }

  @Test
  void suspendedTime_countsAgainstConnectionTimeout() {
    PoolFixture pool = start(c -> c.minimumIdle(1).connectionTimeout(Duration.ofSeconds(2)));
    pool.engine.suspend();
    Borrower borrower = pool.borrow();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(borrower.waited()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void suspendTwice_andResumeTwice_areAsOnce() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.resume();
    pool.engine.suspend();
    pool.engine.suspend();
    pool.engine.resume();
    pool.engine.resume();
    PoolFixture.giveBack(pool.get());
    pool.runtime.runTasks();
    assertThat(pool.events.lines()).filteredOn(line -> line.contains("->")).hasSize(2);
  }

  @Test
  void suspendedPool_keepsItsConnectionsAlive() {
    PoolFixture pool = start(c -> c.minimumIdle(2).keepaliveTime(SECOND.multipliedBy(5)));
    pool.engine.suspend();
    pool.advance(MINUTE);
    assertThat(pool.stats().pings()).isGreaterThan(20);
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  /** The replacements, opened ahead of time, were opened while it was suspended, too. */
  @Test
  void suspendedPool_opensNoReplacements() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(8).minimumIdle(3).maxLifetime(MINUTE).lifetimeJitter(0));
    pool.engine.suspend();
    pool.advance(MINUTE.multipliedBy(2));
    assertThat(pool.stats().retired(RetireReason.MAX_LIFETIME)).isEqualTo(3);
    assertThat(pool.connects()).isEqualTo(3);
    pool.engine.resume();
    pool.advance(SECOND);
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  /** Whoever asks looks before, too; but a suspension may come between that and this. */
  @Test
  void suspendedPool_opensNothing_whoeverAsks() {
    PoolFixture pool = start(c -> c);
    pool.engine.suspend();
    pool.engine.inventory().connect(1, true);
    pool.engine.inventory().connectForStart();
    pool.runtime.runTasks();
    assertThat(pool.connects()).isZero();
  }

  // ---- evict

  /** What was under way stayed: before a checkpoint that was a socket too many. */
  @Test
  void evict_coversConnectsUnderWay() {
    PoolFixture pool = create(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.slowConnects(SECOND);
    pool.start();
    assertThat(pool.stats().connecting()).isEqualTo(2);
    pool.engine.suspend();
    pool.engine.evict();
    pool.advance(MINUTE);
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(2);
    assertThat(pool.database.openNow()).isZero();
    pool.engine.resume();
    pool.advance(MINUTE);
    assertThat(pool.stats().idle()).as("those after it stay").isEqualTo(2);
    assertThat(pool.connects()).isEqualTo(4);
  }

  @Test
  void evict_coversConnectsThatHaveYetToBegin() throws InterruptedException {
    PoolFixture pool = create(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.engine.start(MINUTE);
    assertThat(pool.connects()).as("nothing has run yet").isZero();
    pool.engine.suspend();
    pool.engine.evict();
    pool.runtime.runTasks();
    assertThat(pool.database.openNow()).isZero();
  }

  @Test
  void evict_whileABorrowerWaitsForAConnect_anotherIsOpenedForHim() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    pool.slowConnects(SECOND);
    Borrower borrower = pool.borrow();
    pool.advanceMillis(500);
    pool.engine.evict();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(1);
    borrower.giveBack();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void evict_takesIdleOnesNow_andBusyOnesOnReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(0));
    List<Connection> held = pool.get(3);
    PoolFixture.giveBack(held.get(2));
    FakeDatabase.Session busy = pool.session(held.get(0));
    pool.engine.evict();
    pool.runtime.runTasks();
    assertThat(pool.database.openNow()).isEqualTo(2);
    assertThat(busy.isClosed()).isFalse();
    PoolFixture.giveBack(held.get(0));
    PoolFixture.giveBack(held.get(1));
    pool.runtime.runTasks();
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(3);
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void evict_reachesAConnectionThatIsBeingPinged() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1).minimumIdle(1).keepaliveTime(SECOND).keepaliveTimeout(MINUTE));
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().checking()).isEqualTo(1);
    pool.engine.evict();
    pool.advance(SECOND);
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(1);
    assertThat(pool.stats().idle()).as("replaced").isEqualTo(1);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().opened()).isEqualTo(2);
    assertThat(pool.stats().closed()).isEqualTo(1);
  }

  @Test
  void evictOne_retiresOnlyThatOne_onReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2));
    List<Connection> held = pool.get(2);
    FakeDatabase.Session evicted = pool.session(held.get(0));
    assertThat(pool.engine.pool().evict(held.get(0))).isTrue();
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(evicted.isClosed()).isTrue();
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.engine.pool().evict(held.get(1))).as("given back").isTrue();
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.engine.pool().evict(evicted.connection())).as("the driver's own").isFalse();
  }

  @Test
  void evictOne_ofAnotherPool_isRefused() {
    PoolFixture pool = start(c -> c);
    try (PoolFixture other = PoolFixture.start(c -> c)) {
      Connection foreign = other.get();
      assertThat(pool.engine.pool().evict(foreign)).isFalse();
      PoolFixture.giveBack(foreign);
      assertThat(other.stats().idle()).isEqualTo(1);
    }
  }

  // ---- drain

  @Test
  void drain_waitsForBorrowers_andEndsWithTheLast() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3));
    Connection held = pool.get();
    pool.runtime.schedule(() -> PoolFixture.giveBack(held), SECOND.toNanos());
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.drain(MINUTE)).isTrue();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
    assertThat(pool.database.openNow()).isZero();
    pool.advance(MINUTE);
    assertThat(pool.stats().total()).as("opens nothing while drained").isZero();
    assertThat(pool.refusal()).isInstanceOf(PoolTimeoutException.class);

    pool.engine.resume();
    PoolFixture.giveBack(pool.get());
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  @Test
  void drain_givesUpAtItsDeadline_andGoesOnRetiring() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    Connection held = pool.get();
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.drain(SECOND)).isFalse();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
    assertThat(pool.stats().state()).isEqualTo(PoolState.SUSPENDED);
    assertThat(pool.stats().total()).isEqualTo(1);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.engine.drain(Duration.ZERO)).isTrue();
  }

  /** It was an ArithmeticException, and left the pool suspended. */
  @Test
  void negativeTimeout_isNoTime_howeverNegative() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    Connection held = pool.get();
    long begun = pool.runtime.nanoTime();
    Duration least = Duration.ofSeconds(Long.MIN_VALUE);
    assertThat(pool.engine.drain(least)).isFalse();
    assertThat(pool.engine.drain(Duration.ofSeconds(-1))).isFalse();
    pool.engine.resume();
    assertThat(pool.engine.prefill(least)).isTrue();
    assertThat(pool.runtime.nanoTime()).isEqualTo(begun);
    PoolFixture.giveBack(held);
  }

  /** A checkpoint would find its socket open. */
  @Test
  void drain_waitsForLoginsThatWereGivenUp() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1).connectTimeout(SECOND));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.engine.evict();
    pool.advanceMillis(1_500);
    assertThat(pool.stats().hungConnects()).isPositive();
    assertThat(pool.engine.drain(Duration.ofSeconds(3))).isFalse();
    hang.end();
    assertThat(pool.engine.drain(SECOND)).isTrue();
    assertThat(pool.database.openNow()).isZero();
  }

  @Test
  void drain_retiresWhatArrivesMeanwhile() throws InterruptedException {
    PoolFixture pool = create(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.slowConnects(SECOND);
    pool.start();
    assertThat(pool.stats().connecting()).isEqualTo(2);
    assertThat(pool.engine.drain(MINUTE)).isTrue();
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(2);
    assertThat(pool.stats().connecting()).isZero();
  }

  @Test
  void drain_waitsForClosesThatAreUnderWay() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.database.sessions().get(0).onNextCall(() -> pool.runtime.take(SECOND));
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.drain(MINUTE)).isTrue();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
  }

  @Test
  void interruptedDrain_throws_andThePoolStaysSuspended() {
    PoolFixture pool = start(c -> c);
    Connection held = pool.get();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pool.engine.drain(MINUTE)).isInstanceOf(InterruptedException.class);
    assertThat(pool.stats().state()).isEqualTo(PoolState.SUSPENDED);
    PoolFixture.giveBack(held);
  }

  @Test
  void drain_tellsHowFarItHasCome() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4));
    List<Connection> held = pool.get(2);
    pool.runtime.schedule(() -> PoolFixture.giveBack(held.get(0)), SECOND.toNanos());
    pool.runtime.schedule(() -> PoolFixture.giveBack(held.get(1)), SECOND.toNanos() * 2);
    List<Integer> inUse = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    assertThat(
            pool.engine.drain(
                MINUTE,
                stats -> {
                  inUse.add(stats.active());
                  left.add(stats.total() + stats.closing());
                }))
        .isTrue();
    assertThat(inUse).containsSubsequence(2, 1, 0).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(left).as("told of changes only").doesNotHaveDuplicates();
  }

  /** It waited for its whole time beside a pool that was in full use. */
  @Test
  void drain_endsWhenThePoolIsResumed() throws InterruptedException {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    Connection held = pool.get();
    pool.runtime.schedule(pool.engine::resume, SECOND.toNanos());
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.drain(MINUTE)).isFalse();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  /** It waited for its whole time, though nobody else would ever close what was left. */
  @Test
  void drain_endsWithTheClose_whoeverHangsThen() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    AtomicReference<@Nullable Boolean> drained =
        pool.background(() -> pool.engine.drain(Duration.ofHours(1)));
    pool.advance(SECOND);
    assertThat(drained).hasNullValue();
    pool.engine.close();
    pool.advance(SECOND);
    assertThat(drained).hasValue(false);
    hang.end();
  }

  @Test
  void drain_endsWithTheClose_thatLeavesNothing() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    AtomicReference<@Nullable Boolean> drained =
        pool.background(() -> pool.engine.drain(Duration.ofHours(1)));
    pool.advance(SECOND);
    assertThat(drained).hasNullValue();
    pool.engine.close();
    pool.advance(SECOND);
    assertThat(drained).hasValue(true);
    PoolFixture.giveBack(held);
  }

  // ---- prefill

  @Test
  void prefill_waitsForTheMinimum() throws InterruptedException {
    PoolFixture pool = create(c -> c.maximumPoolSize(4).minimumIdle(3));
    pool.slowConnects(SECOND);
    pool.start();
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.prefill(MINUTE)).isTrue();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
    assertThat(pool.stats().idle()).isEqualTo(3);
    assertThat(pool.engine.prefill(Duration.ZERO)).as("there already").isTrue();
  }

  @Test
  void prefill_givesUpAtItsDeadline() throws InterruptedException {
    PoolFixture pool = create(c -> c.minimumIdle(1));
    pool.refuseConnects();
    pool.start();
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.prefill(SECOND)).isFalse();
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
  }

  @Test
  void prefill_ofAClosedPool_isFalseAtOnce() throws InterruptedException {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.close();
    long begun = pool.runtime.nanoTime();
    assertThat(pool.engine.prefill(MINUTE)).isFalse();
    assertThat(pool.runtime.nanoTime()).isEqualTo(begun);
  }

  /** A readiness probe must not fail because the pool is in use. */
  @Test
  void prefill_countsWhatIsLent() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    List<Connection> held = pool.get(2);
    AtomicReference<@Nullable Boolean> filled = pool.background(() -> pool.engine.prefill(MINUTE));
    pool.advance(SECOND);
    assertThat(filled).hasValue(true);
    PoolFixture.giveBack(held);
  }

  /** A pool without a connection closed without a word to those who wait for one. */
  @Test
  void prefill_endsWhenThePoolIsClosed() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.suspend();
    pool.engine.evict();
    pool.runtime.runTasks();
    AtomicReference<@Nullable Boolean> filled = pool.background(() -> pool.engine.prefill(MINUTE));
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(filled).hasValue(false);
  }
}
