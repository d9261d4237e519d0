package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a borrower may rely on, whatever driver and database do. */
class BorrowingTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMillis(600);

  // ---- connectionTimeout

  @Test
  void exhaustedPool_timesOutExactly() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectionTimeout(SECOND));
    Connection held = pool.get();
    Borrower borrower = pool.borrow();
    pool.advanceMillis(999);
    assertThat(borrower.isWaiting()).isTrue();
    pool.advanceMillis(1);
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(borrower.waited()).isEqualTo(SECOND);
    assertThat(pool.stats().acquireTimeouts()).isEqualTo(1);
    assertThat(pool.events.lines()).contains("timed out after 1000 ms");
    PoolFixture.giveBack(held);
  }

  @Test
  void hungConnect_doesNotStretchTheTimeout() {
    PoolFixture pool =
        start(c -> c.connectionTimeout(SECOND).connectTimeout(Duration.ofSeconds(9)));
    pool.hangConnects();
    Borrower borrower = pool.borrow();
    pool.advance(SECOND);
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(borrower.waited()).isEqualTo(SECOND);
  }

  @Test
  void hungValidation_doesNotStretchTheTimeout() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .minimumIdle(1)
                    .connectionTimeout(SECOND)
                    .hedgeAfter(Duration.ZERO)
                    .validationTimeout(Duration.ofSeconds(5)));
    pool.advance(QUIET);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advance(SECOND);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(borrower.waited()).isEqualTo(SECOND);
  }

  @Test
  void changedTimeout_countsForTheNextBorrower() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    pool.reconfigure(c -> c.connectionTimeout(Duration.ofMillis(200)));
    assertThat(pool.refusal()).hasMessageContaining("connectionTimeout=200 ms (waited 200 ms)");
    PoolFixture.giveBack(held);
  }

  // ---- validation

  @Test
  void freshConnection_isLentUnseen() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advanceMillis(450);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isZero();
  }

  /** What the borrower had can begin a COPY, and leave it so. */
  @Test
  void unwrappedConnection_isValidatedOnItsWayBack() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    Connection connection = pool.get();
    connection.unwrap(FakeDatabase.DriverConnection.class);
    PoolFixture.giveBack(connection);
    pool.runtime.runTasks();
    assertThat(pool.stats().validations()).isEqualTo(1);
    PoolFixture.giveBack(pool.get());
    pool.runtime.runTasks();
    assertThat(pool.stats().validations()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
  }

  /** Most likely it waits for the end of a COPY, and its place would serve whoever waits. */
  @Test
  void unwrappedConnectionThatDoesNotAnswer_givesUpItsPlace_ifSomebodyWaits() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectionTimeout(Duration.ofMillis(500)));
    Connection connection = pool.get();
    connection.unwrap(FakeDatabase.DriverConnection.class);
    FakeDatabase.Session session = pool.session(connection);
    PoolFixture.giveBack(connection);
    SimulatedRuntime.Hang hang = pool.hang(session);
    Borrower borrower = pool.borrow();
    pool.advanceMillis(400);
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.OVERTAKEN);
    assertThat(pool.stats().suspicions()).isZero();
    borrower.giveBack();
    hang.end();
    pool.runtime.runTasks();
    pool.database.breaches().clear(); // the answer comes on a session that was cut off
  }

  @Test
  void quietConnection_isValidatedFirst() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advance(QUIET);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isEqualTo(1);
    // A validation is traffic; taking and returning is none.
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isEqualTo(1);
    pool.advance(QUIET);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).isEqualTo(2);
    assertThat(pool.stats().validationFailures()).isZero();
  }

  @Test
  void statementIsTraffic_borrowingIsNot() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advanceMillis(300);
    PoolFixture.giveBack(pool.get());
    pool.advanceMillis(300);
    try (Connection connection = pool.get()) {
      assertThat(pool.stats().validations()).as("quiet for 600 ms, although borrowed").isEqualTo(1);
      pool.advanceMillis(400);
      connection.createStatement().execute("select 1");
    }
    pool.advanceMillis(400);
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().validations()).as("quiet for 400 ms only").isEqualTo(1);
  }

  /** A cache answers, nothing is executed, and the driver has nothing to tell the server. */
  @Test
  void emptyTransactions_areNoProofOfLife() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    FakeDatabase.Session killed = pool.database.sessions().get(0);
    killed.kill();
    for (int i = 0; i < 4; i++) {
      pool.advanceMillis(200);
      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false);
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.VALIDATION_FAILED);
    assertThat(killed.isClosed()).isTrue();
  }

  @Test
  void validateAfterIdleZero_validatesEveryTime() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(1).minimumIdle(1).validateAfterIdle(Duration.ZERO));
    for (int i = 1; i <= 3; i++) {
      PoolFixture.giveBack(pool.get());
      assertThat(pool.stats().validations()).isEqualTo(i);
    }
  }

  @Test
  void connectionHeldInSilence_isValidatedBeforeTheWaiterGetsIt() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    Connection held = pool.get();
    pool.advance(SECOND);
    Borrower borrower = pool.borrow();
    PoolFixture.giveBack(held);
    assertThat(borrower.isWaiting()).isTrue();
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().validations()).isEqualTo(1);
    borrower.giveBack();
  }

  @Test
  void failedValidation_costsTheBorrowerNothingButTime() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    pool.advance(QUIET);
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    pool.slowConnects(Duration.ofMillis(20));
    Borrower borrower = pool.borrow();
    pool.advance(SECOND);
    assertThat(borrower.isServed()).isTrue();
    assertThat(borrower.waited()).isLessThanOrEqualTo(Duration.ofMillis(40));
    assertThat(pool.stats().validationFailures()).isPositive();
    assertThat(pool.stats().retired(RetireReason.VALIDATION_FAILED)).isPositive();
    assertThat(pool.stats().acquireTimeouts()).isZero();
    borrower.giveBack();
  }

  @Test
  void errorInValidation_isAFailedValidation() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advance(QUIET);
    pool.database
        .sessions()
        .get(0)
        .onNextCall(
            () -> {
              throw new NoSuchMethodError("of a driver");
            });
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().retired(RetireReason.VALIDATION_FAILED)).isEqualTo(1);
    pool.runtime.runTasks();
    assertThat(pool.events.lines("retired")).hasSize(1);
    assertThat(pool.events.lines("retired").get(0)).contains("NoSuchMethodError");
  }

  @Test
  void hungValidation_retiresItsConnectionAtItsDeadline() {
    PoolFixture pool =
        start(
            c -> c.maximumPoolSize(1).minimumIdle(1).validationTimeout(SECOND).hedgeAfter(SECOND));
    pool.advance(QUIET);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(999);
    assertThat(borrower.isWaiting()).isTrue();
    pool.advanceMillis(1);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.stats().retired(RetireReason.VALIDATION_TIMEOUT)).isEqualTo(1);
    borrower.giveBack();
  }

  /** In each seat once: whatever goes by seats finds it there by chance alone. */
  @Test
  void freshestOfTheQuiet_isAskedFirst() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3));
    for (int last = 0; last < 3; last++) {
      List<Connection> held = pool.get(3);
      FakeDatabase.Session freshest = pool.session(held.get(last));
      held.add(held.remove(last));
      for (Connection connection : held) {
        connection.createStatement().execute("select 1");
        PoolFixture.giveBack(connection);
        pool.advance(SECOND);
      }
      // Who finds an idle one by itself has that one checked; a waiter is supplied.
      pool.engine.suspend();
      Borrower waiter = pool.borrow();
      long validations = pool.stats().validations();
      pool.engine.resume();
      pool.runtime.runTasks();
      assertThat(pool.session(waiter.connection())).isSameAs(freshest);
      assertThat(pool.stats().validations()).isEqualTo(validations + 1);
      waiter.giveBack();
    }
  }

  // ---- hedgeAfter

  @Test
  void slowValidation_startsAConnectAfterHedgeAfter() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).hedgeAfter(Duration.ofMillis(100)));
    PoolFixture.giveBack(pool.get());
    pool.advance(QUIET);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(99);
    assertThat(pool.connects()).isEqualTo(1);
    pool.advanceMillis(1);
    assertThat(pool.connects()).isEqualTo(2);
    assertThat(borrower.isServed()).isTrue();
    assertThat(borrower.waited()).isEqualTo(Duration.ofMillis(100));

    // The slow one was only slow: it stays.
    hang.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
    borrower.giveBack();
  }

  @Test
  void slowValidation_triesAnotherIdleConnection_andANewOne() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(2).idleTimeout(QUIET));
    pool.advance(QUIET);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    FakeDatabase.Session first = pool.database.sessions().get(0);
    FakeDatabase.Session second = pool.database.sessions().get(1);
    // Whichever comes first hangs, the other does not.
    first.onNextCall(
        () -> {
          second.onNextCall(() -> {});
          hang.run();
        });
    second.onNextCall(
        () -> {
          first.onNextCall(() -> {});
          hang.run();
        });
    Borrower borrower = pool.borrow();
    pool.advanceMillis(100);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(borrower.isServed()).isTrue();
    assertThat(pool.connects()).as("and one more, to find out what is the matter").isEqualTo(3);
    borrower.giveBack();
  }

  @Test
  void hedgeAfterZero_waitsForTheValidation() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(2)
                    .hedgeAfter(Duration.ZERO)
                    .validationTimeout(Duration.ofSeconds(2)));
    PoolFixture.giveBack(pool.get());
    pool.advance(QUIET);
    SimulatedRuntime.Hang hang = pool.hang(pool.database.sessions().get(0));
    Borrower borrower = pool.borrow();
    pool.advanceMillis(1999);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(pool.connects()).isEqualTo(1);
    pool.advanceMillis(1);
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }

  // ---- waiters

  @Test
  void waiters_areServedInOrderOfArrival() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectionTimeout(Duration.ofMinutes(1)));
    Connection held = pool.get();
    List<Borrower> queue = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      queue.add(pool.borrow());
    }
    assertThat(pool.stats().waiting()).isEqualTo(20);
    PoolFixture.giveBack(held);
    for (int i = 0; i < queue.size(); i++) {
      pool.runtime.runTasks();
      assertThat(queue.get(i).isServed()).as("borrower %s", i).isTrue();
      assertThat(queue.stream().filter(Borrower::isServed).count()).isEqualTo(i + 1);
      queue.get(i).giveBack();
    }
  }

  @Test
  void waitsAreMeasured_howeverTheyEnd() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectionTimeout(SECOND));
    PoolFixture.giveBack(pool.get());
    assertThat(pool.stats().acquireWaitTotal()).as("who is served at once").isZero();
    long waits = pool.stats().acquireWaits();
    Connection held = pool.get();
    Borrower served = pool.borrow();
    Borrower interrupted = pool.borrow();
    Borrower late = pool.borrow();
    pool.advanceMillis(100);
    interrupted.interrupt();
    pool.advanceMillis(200);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    pool.advanceMillis(700);
    assertThat(late.failure()).isInstanceOf(PoolTimeoutException.class);
    assertThat(pool.stats().acquireWaits() - waits).isEqualTo(3);
    assertThat(pool.stats().acquireWaitTotal()).isEqualTo(Duration.ofMillis(100 + 300 + 1000));
    assertThat(pool.stats().acquireWaitLongest()).isEqualTo(SECOND);
    served.giveBack();
  }

  @Test
  void interrupt_endsTheWait_andTheFlagStays() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    Borrower borrower = pool.borrow();
    pool.advanceMillis(10);
    borrower.interrupt();
    assertThat(borrower.failure())
        .isInstanceOf(PoolInterruptedException.class)
        .hasMessageContaining("fixture: interrupted")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(borrower.isInterruptedAfter()).isTrue();
    assertThat(borrower.waited()).isEqualTo(Duration.ofMillis(10));
    assertThat(pool.stats().waiting()).isZero();
    assertThat(pool.stats().acquireTimeouts()).isZero();
    PoolFixture.giveBack(held);
    assertThat(pool.stats().idle()).as("nothing was handed to one who left").isEqualTo(1);
  }

  @Test
  void interruptedBeforehand_stillTakesWhatIsThere() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    Thread.currentThread().interrupt();
    Connection connection = pool.get();
    assertThat(Thread.interrupted()).isTrue();
    PoolFixture.giveBack(connection);
  }

  @Test
  void close_wakesWaitersAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    Borrower first = pool.borrow();
    Borrower second = pool.borrow();
    pool.advanceMillis(10);
    pool.engine.close();
    pool.runtime.runTasks();
    for (Borrower borrower : List.of(first, second)) {
      assertThat(borrower.failure())
          .isInstanceOf(PoolClosedException.class)
          .hasMessage("fixture was closed while this borrower waited");
      assertThat(borrower.waited()).isEqualTo(Duration.ofMillis(10));
    }
    PoolFixture.giveBack(held);
  }

  @Test
  void returnedConnection_endsTheWaitAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    Borrower borrower = pool.borrow();
    pool.advanceMillis(100);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(borrower.isServed()).isTrue();
    assertThat(borrower.waited()).isEqualTo(Duration.ofMillis(100));
    borrower.giveBack();
  }
}
