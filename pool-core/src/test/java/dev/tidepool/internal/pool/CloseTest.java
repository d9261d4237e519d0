package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a pool ends. */
class CloseTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void close_closesIdleOnes_andAbortsThoseInUse() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3));
    Connection held = pool.get();
    held.setAutoCommit(false);
    held.createStatement().execute("insert");
    FakeDatabase.Session lent = pool.session(held);
    pool.engine.close();
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.stats().retired(RetireReason.POOL_CLOSED)).isEqualTo(3);
    assertThat(pool.stats().state()).isEqualTo(PoolState.CLOSED);
    assertThat(lent.isClosed()).isTrue();
    assertThat(pool.cutOff()).containsExactly(lent);
    assertThat(pool.database.commits()).isZero();
    assertThat(held.isClosed()).isTrue();
    assertThatThrownBy(held::createStatement).isInstanceOf(SQLException.class);
    held.close();
    assertThat(pool.stats().closed()).isEqualTo(3);
  }

  @Test
  void closedPool_lendsNothing() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.close();
    assertThat(pool.refusal())
        .isInstanceOf(PoolClosedException.class)
        .hasMessage("fixture is closed");
    assertThat(pool.stats().total()).isZero();
  }

  @Test
  void closeTwice_isAsOnce() {
    PoolFixture pool = start(c -> c.minimumIdle(2));
    pool.engine.close();
    PoolStats stats = pool.stats();
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(pool.stats()).isEqualTo(stats);
    assertThat(pool.events.lines("RUNNING")).containsExactly("RUNNING -> CLOSED");
  }

  @Test
  void closeFromSeveralThreads_isAsOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4));
    List<Connection> held = pool.get(2);
    for (FakeDatabase.Session session : pool.database.sessions()) {
      session.onNextCall(() -> pool.runtime.take(SECOND));
    }
    for (int i = 0; i < 4; i++) {
      pool.runtime.start("closer-" + i, pool.engine::close);
    }
    pool.advance(SECOND.multipliedBy(3));
    assertThat(pool.runtime.isReleased()).isTrue();
    assertThat(pool.stats().closed()).isEqualTo(4);
    assertThat(pool.events.lines("RUNNING")).hasSize(1);
    PoolFixture.giveBack(held);
  }

  @Test
  void closeWhileConnecting_givesTheConnectsUp() {
    PoolFixture pool = create(c -> c.maximumPoolSize(3).minimumIdle(3));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    pool.start();
    assertThat(hang.inside()).isEqualTo(3);
    long begun = pool.runtime.nanoTime();
    pool.engine.close();
    assertThat(pool.runtime.nanoTime()).as("waits for no login").isEqualTo(begun);
    assertThat(pool.stats().connecting()).isZero();
    assertThat(pool.stats().hungConnects()).isEqualTo(3);
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.database.opened()).isEqualTo(3);
    assertThat(pool.database.openNow()).isZero();
  }

  @Test
  void closeThatHangsInTheDriver_endsAfterTenSeconds_withAWarning() {
    try (LogCapture log = new LogCapture(Engine.class, Shutdown.class)) {
      PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
      SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
      long begun = pool.runtime.nanoTime();
      pool.engine.close();
      assertThat(Duration.ofNanos(pool.runtime.nanoTime() - begun))
          .isEqualTo(Duration.ofSeconds(10));
      assertThat(log.count("fixture: closed; 1 connections still hang in the driver")).isEqualTo(1);
      assertThat(pool.runtime.isReleased()).isTrue();
      // The driver's close comes to its end after the abort.
      hang.end();
      pool.runtime.runTasks();
      pool.database.breaches().clear();
    }
  }

  @Test
  void slowClose_isWaitedFor() {
    try (LogCapture log = new LogCapture(Engine.class, Shutdown.class)) {
      PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
      pool.database.sessions().get(0).onNextCall(() -> pool.runtime.take(SECOND.multipliedBy(4)));
      long begun = pool.runtime.nanoTime();
      pool.engine.close();
      assertThat(Duration.ofNanos(pool.runtime.nanoTime() - begun))
          .isEqualTo(Duration.ofSeconds(4));
      assertThat(log.count("fixture: closed")).isEqualTo(1);
      assertThat(log.text()).doesNotContain("hang");
    }
  }

  @Test
  void closeWhilePinging_cutsThePingOff() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .minimumIdle(1)
                    .keepaliveTime(SECOND)
                    .keepaliveTimeout(Duration.ofMinutes(1)));
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    pool.advance(SECOND.multipliedBy(2));
    assertThat(hang.inside()).isEqualTo(1);
    long begun = pool.runtime.nanoTime();
    pool.engine.close();
    assertThat(pool.runtime.nanoTime()).isEqualTo(begun);
    assertThat(pool.database.openNow()).isZero();
  }

  @Test
  void interruptedClose_goesOnToTheEnd_andKeepsTheFlag() {
    PoolFixture pool = start(c -> c.minimumIdle(2));
    pool.database.sessions().get(0).onNextCall(() -> pool.runtime.take(SECOND));
    Thread.currentThread().interrupt();
    pool.engine.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.runtime.isReleased()).isTrue();
  }

  /** What it was given is cut off before it wakes up. */
  @Test
  void waiterServedInTheMomentOfTheClose_isToldOfTheClose() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    Borrower borrower = pool.borrow();
    pool.advanceMillis(10);
    PoolFixture.giveBack(held);
    assertThat(pool.stats().waiting()).isZero();
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(borrower.failure()).isInstanceOf(PoolClosedException.class);
    assertThat(pool.stats().borrows()).isEqualTo(1);
  }

  @Test
  void suspendedPool_closes_andWakesItsWaiters() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.suspend();
    Borrower borrower = pool.borrow();
    pool.engine.close();
    pool.runtime.runTasks();
    assertThat(borrower.failure()).isInstanceOf(PoolClosedException.class);
    pool.engine.resume();
    pool.engine.suspend();
    assertThat(pool.engine.state()).isEqualTo(PoolState.CLOSED);
    assertThat(pool.events.lines("SUSPENDED")).containsExactly("SUSPENDED -> CLOSED");
  }

  @Test
  void afterClose_nothingRunsAndNothingIsOpened() throws InterruptedException {
    PoolFixture pool = start(c -> c.minimumIdle(2).keepaliveTime(SECOND));
    pool.engine.close();
    int connects = pool.connects();
    pool.engine.evict();
    pool.reconfigure(c -> c.maximumPoolSize(20).minimumIdle(20));
    assertThat(pool.engine.drain(SECOND)).isTrue();
    pool.advance(Duration.ofMinutes(10));
    assertThat(pool.connects()).isEqualTo(connects);
    assertThat(pool.runtime.alarms()).isZero();
  }

  @Test
  void changedWhileItStarts_leavesNothingBehind() {
    PoolFixture pool = create(c -> c.minimumIdle(1));
    pool.reconfigure(c -> c.minimumIdle(2));
    pool.advanceMillis(1); // the timer thread is faster than who starts it
    pool.start();
    pool.reconfigure(c -> c.minimumIdle(1));
    pool.advance(SECOND);
    pool.engine.close();
    pool.advance(SECOND);
    assertThat(pool.runtime.alarms()).isZero();
  }

  @Test
  void changedJustBeforeTheEnd_leavesNothingBehind() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.reconfigure(c -> c.minimumIdle(2));
    pool.engine.close();
    pool.advance(SECOND);
    assertThat(pool.runtime.alarms()).isZero();
  }
}
