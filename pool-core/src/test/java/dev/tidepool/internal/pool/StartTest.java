package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the start waits for, by {@code initializationFailTimeout}. */
class StartTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Before a login that does not answer is doubted. */
  private static final Duration SHORT = Duration.ofMillis(400);

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void positive_waitsForTheFirstConnection() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(2).initializationFailTimeout(Duration.ofMillis(1)));
    pool.slowConnects(SECOND);
    long begun = pool.runtime.nanoTime();
    pool.engine.start(MINUTE);
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
    assertThat(pool.stats().opened()).isPositive();
  }

  @Test
  void positive_opensOneEvenIfNoneIsToBeKept() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(0).initializationFailTimeout(Duration.ofMillis(1)));
    pool.engine.start(MINUTE);
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.connects()).isEqualTo(1);
  }

  /** It is open, and not idle yet: who comes in that moment is on its way to be served. */
  @Test
  void borrowerWhoComesAsItArrives_hasNoOtherOpened() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(0).initializationFailTimeout(Duration.ofMillis(1)));
    pool.watchableSockets();
    List<PoolFixture.Borrower> borrowers = new ArrayList<>();
    pool.runtime.onPrepareWatch(() -> borrowers.add(pool.borrow()));
    pool.engine.start(MINUTE);
    pool.runtime.runTasks();
    assertThat(borrowers).hasSize(1);
    assertThat(borrowers.get(0).isServed()).isTrue();
    assertThat(pool.connects()).isEqualTo(1);
    borrowers.get(0).giveBack();
  }

  @Test
  void positive_failureIsThrown_andThePoolIsClosed() {
    PoolFixture pool = create(c -> c.initializationFailTimeout(Duration.ofMillis(1)));
    pool.onConnect(
        () -> {
          throw new SQLException("no such database, password=hush", "3D000");
        });
    assertThatThrownBy(() -> pool.engine.start(MINUTE))
        .isInstanceOf(PoolStartException.class)
        .hasMessageMatching(
            "fixture: could not open the first connection within \\d+ ms: no such database.*")
        .hasMessageContaining("Check URL, credentials and database")
        .hasMessageContaining("initializationFailTimeout=-1")
        .hasMessageNotContaining("hush")
        .hasCauseInstanceOf(SQLException.class);
    assertThat(pool.engine.state()).isEqualTo(PoolState.CLOSED);
    // Not by the thread that waited for the start, which has waited enough.
    assertThat(pool.runtime.isReleased()).isFalse();
    pool.runtime.runTasks();
    assertThat(pool.runtime.isReleased()).isTrue();
    assertThat(pool.connects()).isEqualTo(1);
  }

  /** As on a machine that is busy: the account would be locked the sooner. */
  @Test
  void positive_whoWaitsHearsOfTheFailureLate_nobodyLogsInMeanwhile() {
    PoolFixture pool =
        create(c -> c.minimumIdle(2).initializationFailTimeout(Duration.ofMillis(1)));
    List<Throwable> failures = new ArrayList<>();
    pool.onConnect(
        () -> {
          throw new SQLException("password authentication failed", "28P01");
        });
    pool.runtime.start(
        "starts", () -> failures.add(catchThrowable(() -> pool.engine.start(MINUTE))));
    pool.runtime.runOneTask(); // the login
    pool.runtime.passWithoutTasks(SECOND); // who waits gets no turn before the pauses are over
    pool.advance(MINUTE);
    assertThat(failures).singleElement().isInstanceOf(PoolStartException.class);
    assertThat(pool.connects()).isEqualTo(1);
  }

  @Test
  void positive_triesAgainUntilItsTimeIsOver() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(0).initializationFailTimeout(Duration.ofSeconds(20)));
    int[] attempts = new int[1];
    pool.onConnect(
        () -> {
          if (++attempts[0] < 5) {
            throw new SQLException("starting up", "57P03");
          }
        });
    pool.engine.start(MINUTE);
    assertThat(attempts[0]).isEqualTo(5);
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void positive_givesUpWhenItsTimeIsOver() {
    PoolFixture pool =
        create(c -> c.minimumIdle(0).initializationFailTimeout(Duration.ofSeconds(2)));
    pool.refuseConnects();
    long begun = pool.runtime.nanoTime();
    assertThatThrownBy(() -> pool.engine.start(MINUTE))
        .isInstanceOf(PoolStartException.class)
        .hasMessageContaining("connection refused");
    assertThat(Duration.ofNanos(pool.runtime.nanoTime() - begun))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(pool.connects()).isGreaterThan(2);
  }

  @Test
  void positive_hungLoginEndsAtConnectTimeout() {
    PoolFixture pool =
        create(c -> c.initializationFailTimeout(Duration.ofMillis(1)).connectTimeout(SECOND));
    pool.hangConnects();
    long begun = pool.runtime.nanoTime();
    assertThatThrownBy(() -> pool.engine.start(MINUTE))
        .isInstanceOf(PoolStartException.class)
        .hasMessageContaining("connectTimeout=1000 ms");
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SECOND.toNanos());
  }

  @Test
  void positive_hungLogin_thatWasNotGivenUpYet_isToldOf() {
    PoolFixture pool =
        create(c -> c.initializationFailTimeout(SECOND).connectTimeout(SECOND.multipliedBy(2)));
    pool.hangConnects();
    assertThatThrownBy(() -> pool.engine.start(MINUTE))
        .isInstanceOf(PoolStartException.class)
        .hasMessageContaining("connectTimeout=2000 ms");
  }

  /** Ended with its caller, such a start would begin anew with each, and never come to an end. */
  @Test
  void patience_boundsTheWait_andNotTheStart() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(2).initializationFailTimeout(Duration.ofMillis(1)));
    SimulatedRuntime.Hang login = pool.hangConnects();
    long begun = pool.runtime.nanoTime();
    pool.engine.start(SHORT);
    assertThat(pool.runtime.nanoTime() - begun).isEqualTo(SHORT.toNanos());
    assertThat(pool.engine.state()).isEqualTo(PoolState.RUNNING);
    pool.runtime.runTasks();
    assertThat(login.inside()).as("still the first").isEqualTo(1);
    login.end();
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().opened()).isEqualTo(2);
  }

  /** With a wrong password each would count towards the lock of the account. */
  @Test
  void otherLogins_waitForTheFirst() throws InterruptedException {
    for (Duration failTimeout : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
      PoolFixture pool =
          create(
              c ->
                  c.minimumIdle(4)
                      .connectTimeout(SECOND.multipliedBy(2))
                      .initializationFailTimeout(failTimeout));
      SimulatedRuntime.Hang login = pool.hangConnects();
      pool.runtime.schedule(
          () -> {
            assertThat(login.inside()).isEqualTo(1);
            login.end();
          },
          SHORT.toNanos());
      pool.engine.start(MINUTE);
      pool.runtime.runTasks();
      assertThat(pool.stats().opened()).isEqualTo(4);
    }
  }

  /** One of several servers behind a name accepts, and says nothing. */
  @Test
  void loginThatDoesNotAnswer_isNotTheOnlyOneTried() throws InterruptedException {
    PoolFixture pool = create(c -> c.initializationFailTimeout(Duration.ofMillis(1)));
    SimulatedRuntime.Hang login = pool.hangConnects();
    pool.onConnect(
        () -> {
          pool.acceptConnects();
          login.run();
        });
    long begun = pool.runtime.nanoTime();
    pool.engine.start(MINUTE);
    assertThat(Duration.ofNanos(pool.runtime.nanoTime() - begun))
        .isLessThanOrEqualTo(SECOND.multipliedBy(2));
    assertThat(pool.stats().opened()).isPositive();
    login.end();
  }

  @Test
  void zero_triesOnce_andTolerates() throws InterruptedException {
    PoolFixture pool = create(c -> c.minimumIdle(1).initializationFailTimeout(Duration.ZERO));
    pool.refuseConnects();
    pool.engine.start(MINUTE);
    assertThat(pool.connects()).isEqualTo(1);
    assertThat(pool.engine.state()).isEqualTo(PoolState.RUNNING);
    pool.acceptConnects();
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void zero_waitsForTheFirstIfItComes() throws InterruptedException {
    PoolFixture pool = create(c -> c.minimumIdle(1).initializationFailTimeout(Duration.ZERO));
    pool.slowConnects(SECOND);
    pool.engine.start(MINUTE);
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  @Test
  void negative_waitsForNothing() throws InterruptedException {
    PoolFixture pool = create(c -> c.minimumIdle(1));
    pool.hangConnects();
    long begun = pool.runtime.nanoTime();
    pool.engine.start(MINUTE);
    assertThat(pool.runtime.nanoTime()).isEqualTo(begun);
    assertThat(pool.connects()).as("nothing has run yet").isZero();
    pool.runtime.runTasks();
    assertThat(pool.stats().connecting()).isEqualTo(1);
  }

  @Test
  void suspendedBeforeTheStart_opensNothing_untilItIsResumed() throws InterruptedException {
    PoolFixture pool =
        create(c -> c.minimumIdle(2).initializationFailTimeout(Duration.ofMillis(1)));
    pool.engine.suspend();
    long begun = pool.runtime.nanoTime();
    pool.engine.start(MINUTE);
    assertThat(pool.runtime.nanoTime()).as("returns at once").isEqualTo(begun);
    pool.advance(MINUTE);
    assertThat(pool.connects()).isZero();
    assertThat(pool.engine.state()).isEqualTo(PoolState.SUSPENDED);
    pool.engine.resume();
    pool.runtime.runTasks();
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  @Test
  void suspendedDuringTheStart_isNoFailure() throws InterruptedException {
    PoolFixture pool = create(c -> c.minimumIdle(0).initializationFailTimeout(MINUTE));
    pool.refuseConnects();
    pool.runtime.schedule(pool.engine::suspend, SECOND.toNanos());
    long begun = pool.runtime.nanoTime();
    pool.engine.start(MINUTE);
    assertThat(Duration.ofNanos(pool.runtime.nanoTime() - begun))
        .isLessThan(SECOND.multipliedBy(2));
    int before = pool.connects();
    pool.advance(MINUTE);
    assertThat(pool.connects()).isEqualTo(before);
  }

  @Test
  void interruptedStart_closesThePool() {
    PoolFixture pool = create(c -> c.initializationFailTimeout(MINUTE));
    pool.hangConnects();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pool.engine.start(MINUTE)).isInstanceOf(InterruptedException.class);
    assertThat(pool.engine.state()).isEqualTo(PoolState.CLOSED);
  }
}
