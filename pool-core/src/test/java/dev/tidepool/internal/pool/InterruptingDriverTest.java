package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Some drivers leave the interrupt flag of their caller up. It must mean nothing to the pool. */
class InterruptingDriverTest extends SimulatedPoolTest {
  private static void interruptItself() {
    Thread.currentThread().interrupt();
  }

  private static FakeDatabase.Session interrupting(FakeDatabase.Session session) {
    session.onEachCall(InterruptingDriverTest::interruptItself);
    return session;
  }

  private static void useAndGiveBack(Connection connection) {
    try {
      connection.setAutoCommit(false);
      connection.createStatement().execute("insert");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    PoolFixture.giveBack(connection);
  }

  @Test
  void driverThatInterruptsItsThread_harmsNothing() {
    PoolFixture pool =
        create(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(2)
                    .keepaliveTime(Duration.ofSeconds(10))
                    .validateAfterIdle(Duration.ZERO));
    pool.onConnect(InterruptingDriverTest::interruptItself);
    pool.sessionsFrom(() -> interrupting(pool.database.open()));
    pool.start();
    pool.advance(Duration.ofSeconds(30));
    assertThat(pool.stats().pings()).isGreaterThanOrEqualTo(4);
    assertThat(pool.stats().idle()).isEqualTo(2);

    // Validated for a borrower, and on return for one who waits; returned by way of a reset.
    List<Connection> held = pool.get(2);
    assertThat(pool.stats().validations()).isEqualTo(2);
    Borrower waiter = pool.borrow();
    PoolFixture.giveBack(held.get(0));
    pool.runtime.runTasks();
    assertThat(waiter.isServed()).isTrue();
    assertThat(waiter.isInterruptedAfter()).isFalse();
    assertThat(pool.stats().validations()).isEqualTo(3);
    pool.runtime.start("returner", () -> useAndGiveBack(held.get(1)));
    waiter.giveBack();
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().retired()).isEmpty();
    assertThat(pool.stats().pingFailures()).isZero();
    assertThat(pool.stats().connectFailures()).isZero();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /** The pool interrupts a login that it gives up; the close of what comes late must not suffer. */
  @Test
  void lateLogin_isClosedByAThreadThatIsNotInterrupted() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .connectionTimeout(Duration.ofMinutes(1)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    List<Boolean> flags = new ArrayList<>();
    pool.sessionsFrom(
        () -> {
          interruptItself();
          FakeDatabase.Session session = pool.database.open();
          session.onEachCall(() -> flags.add(Thread.currentThread().isInterrupted()));
          return session;
        });
    Borrower borrower = pool.borrow();
    pool.advanceMillis(1_050);
    assertThat(pool.stats().hungConnects()).isEqualTo(1);
    hang.end();
    pool.advanceUntil(borrower::isServed);
    assertThat(pool.database.opened()).as("the late one, and another").isEqualTo(2);
    assertThat(pool.database.closed()).isEqualTo(1);
    assertThat(flags).isNotEmpty().containsOnly(false);
    borrower.giveBack();
  }

  /** The driver answers as the time is over, and the pool's interrupt has not come yet. */
  @Test
  void lateLogin_thatInterruptedItself_isClosedByAThreadThatIsNotInterrupted() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .connectionTimeout(Duration.ofMinutes(1)));
    pool.onConnect(
        () -> {
          pool.acceptConnects();
          // The timer rings, but the task that interrupts gets no turn before the driver answers.
          pool.runtime.passWithoutTasks(Duration.ofMillis(1_050));
        });
    List<Boolean> flags = new ArrayList<>();
    pool.sessionsFrom(
        () -> {
          interruptItself();
          FakeDatabase.Session session = pool.database.open();
          session.onEachCall(() -> flags.add(Thread.currentThread().isInterrupted()));
          return session;
        });
    Borrower borrower = pool.borrow();
    pool.advanceUntil(borrower::isServed);
    borrower.giveBack();
    assertThat(pool.database.closed()).as("the late one").isEqualTo(1);
    assertThat(flags).isNotEmpty().containsOnly(false);
  }
}
