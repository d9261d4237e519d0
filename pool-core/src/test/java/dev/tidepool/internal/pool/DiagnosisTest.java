package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.testing.SimulatedRuntime;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exception that a borrower reads when nothing came: what it says, and what it advises. */
class DiagnosisTest extends SimulatedPoolTest {
  private static PoolTimeoutException timeout(PoolFixture pool) {
    Throwable refusal = pool.refusal();
    if (refusal instanceof PoolTimeoutException timeout) {
      return timeout;
    }
    throw new AssertionError("no timeout", refusal);
  }

  @Test
  void figures_areThoseOfTheMoment() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).connectionTimeout(Duration.ofSeconds(2)));
    List<Connection> held = pool.get(2);
    PoolFixture.Borrower other = pool.borrow();
    pool.advanceMillis(1);
    pool.reconfigure(c -> c.connectionTimeout(Duration.ofMillis(1500)));
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getMessage())
        .startsWith(
            "fixture: no connection within connectionTimeout=1500 ms (waited 1500 ms): total 2"
                + " (active 2, idle 0, checking 0), connecting 0, closing 0, waiting 1, maximum 2. ");
    assertThat(e.waited()).isEqualTo(Duration.ofMillis(1500));
    PoolStats stats = Objects.requireNonNull(e.stats());
    assertThat(stats.active()).isEqualTo(2);
    assertThat(stats.waiting()).isEqualTo(1);
    assertThat(e.getSQLState()).isEqualTo("08001");
    assertThat(e.getCause()).isNull();
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    other.giveBack();
  }

  @Test
  void allInUse_advisesToLookForSlowQueriesAndLeaks() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2));
    List<Connection> held = pool.get(2);
    assertThat(timeout(pool).getMessage())
        .contains("All connections are in use")
        .contains("leakDetectionThreshold=30s")
        .endsWith("or raise maximumPoolSize");
    PoolFixture.giveBack(held);
  }

  @Test
  void theOnlyOneInUse_namesToolsThatNeedSeveral() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    assertThat(timeout(pool).getMessage()).endsWith("such as Flyway");
    PoolFixture.giveBack(held);
  }

  @Test
  void suspended_advisesToResume() {
    PoolFixture pool = start(c -> c.minimumIdle(1));
    pool.engine.suspend();
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getMessage()).endsWith("The pool is suspended; call resume()");
    assertThat(Objects.requireNonNull(e.stats()).state()).isEqualTo(PoolState.SUSPENDED);
  }

  @Test
  void failingConnects_showTheFreshestFailureWithItsAge() {
    PoolFixture pool = start(c -> c.connectionTimeout(Duration.ofSeconds(3)));
    int[] attempts = new int[1];
    pool.onConnect(
        () -> {
          throw new SQLException(
              "role " + ++attempts[0] + " does not exist, password=hush", "28000");
        });
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getMessage()).contains("role " + attempts[0] + " does not exist");
    assertThat(e.getMessage()).matches(".*The newest connect failed \\d+ ms ago: role .*");
    assertThat(e.getMessage()).contains("Check host, port, credentials and the database");
    assertThat(e.getMessage()).doesNotContain("hush");
    assertThat(e.getSQLState()).isEqualTo("28000");
    assertThat(e.getCause()).hasMessageContaining("role " + attempts[0]);
    PoolStats stats = Objects.requireNonNull(e.stats());
    assertThat(stats.lastConnectFailure()).contains("role " + attempts[0]).doesNotContain("hush");
    long age = Objects.requireNonNull(stats.lastConnectFailureAge()).toMillis();
    assertThat(e.getMessage()).contains("failed " + age + " ms ago");
  }

  /** PostgreSQL's driver says only that the attempt failed. */
  @Test
  void causeBelowTheFailure_isTold_whereItSaysMore() {
    PoolFixture pool = start(c -> c.connectionTimeout(Duration.ofSeconds(3)));
    SQLException error = new SQLException("The connection attempt failed.", "08001");
    error.initCause(new IOException("gone", new UnknownHostException("db1.example")));
    pool.onConnect(
        () -> {
          throw error;
        });
    PoolTimeoutException e = timeout(pool);
    String told =
        "The connection attempt failed (java.net.UnknownHostException: db1.example). Check";
    assertThat(e.getMessage()).contains(told);
    assertThat(Objects.requireNonNull(e.stats()).lastConnectFailure()).contains("db1.example");
  }

  @Test
  void failureWithoutTextOrState_isNamedByItsClass() {
    PoolFixture pool = start(c -> c);
    pool.onConnect(
        () -> {
          throw new SQLException();
        });
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getMessage()).contains("ms ago: java.sql.SQLException. Check");
    assertThat(e.getSQLState()).isEqualTo("08001");
  }

  @Test
  void failureThatIsOver_isNotBlamed() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2));
    pool.onConnect(
        () -> {
          throw new SQLException("no such role", "28000");
        });
    assertThat(timeout(pool).getMessage()).contains("no such role");
    pool.acceptConnects();
    List<Connection> held = pool.get(2);
    pool.advance(Duration.ofSeconds(10));
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getCause()).isNull();
    assertThat(e.getSQLState()).isEqualTo("08001");
    assertThat(e.getMessage()).contains("All connections are in use").doesNotContain("role");
    PoolFixture.giveBack(held);
  }

  @Test
  void hungLogins_areNamedWithTheirNumber() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).connectTimeout(Duration.ofSeconds(1)));
    SimulatedRuntime.Hang hang = pool.hangConnects();
    PoolTimeoutException e = timeout(pool);
    assertThat(Objects.requireNonNull(e.stats()).hungConnects()).isPositive();
    assertThat(e.getMessage())
        .contains(e.stats().hungConnects() + " logins hang in the driver")
        .contains("connect and socket timeouts");
    hang.end();
  }

  /** They may never return, and are no reason for what happens hours later. */
  @Test
  void loginsThatHungLongAgo_areToldOf_butNotBlamed() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).connectTimeout(Duration.ofSeconds(1)));
    pool.hangConnects();
    assertThat(timeout(pool).getMessage()).contains("in the driver");
    pool.acceptConnects();
    pool.advance(Duration.ofSeconds(10));
    List<Connection> held = pool.get(2);
    PoolTimeoutException e = timeout(pool);
    assertThat(e.getMessage())
        .contains("maximum 2. All connections are in use")
        .containsPattern("\\. \\d+ logins hang in the driver: ");
    assertThat(e.getCause()).isNull();

    PoolFixture.giveBack(held);
    pool.engine.evict();
    pool.refuseConnects();
    assertThat(timeout(pool).getMessage())
        .containsPattern("maximum 2\\. The newest connect failed \\d+ ms ago: connection refused")
        .containsPattern("\\. \\d+ logins hang in the driver: ");
  }

  @Test
  void slowConnects_areSaidToBeTooSlow() {
    PoolFixture pool =
        start(
            c -> c.connectionTimeout(Duration.ofMillis(500)).connectTimeout(Duration.ofSeconds(9)));
    pool.hangConnects();
    assertThat(timeout(pool).getMessage())
        .contains("connecting 1")
        .contains("being opened but not fast enough");
  }

  /** Idle ones beside it would be tried next; that none is being opened is no fault of logins. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void checkWithoutAnswer_isBlamed(int size) {
    PoolFixture pool = start(c -> c.maximumPoolSize(size).connectionTimeout(Duration.ofMillis(50)));
    PoolFixture.giveBack(pool.get(size));
    pool.advance(Duration.ofSeconds(5));
    List<SimulatedRuntime.Hang> hangs = pool.database.sessions().stream().map(pool::hang).toList();
    assertThat(timeout(pool).getMessage())
        .contains("idle " + (size - 1) + ", checking 1), connecting 0")
        .contains("are being asked for a sign of life and have not answered yet");
    hangs.forEach(SimulatedRuntime.Hang::end);
    pool.runtime.runTasks();
  }

  @Test
  void closesThatHang_areBlamed_whereNothingIsOpenedForThem() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maxUses(1));
    List<SimulatedRuntime.Hang> hangs = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      Connection held = pool.get();
      hangs.add(pool.hang(pool.session(held)));
      PoolFixture.giveBack(held);
      pool.advanceMillis(300);
    }
    assertThat(timeout(pool).getMessage()).contains("None is being opened and 65 are being closed");
    hangs.forEach(SimulatedRuntime.Hang::end);
    pool.runtime.runTasks();
    pool.database.breaches().removeIf(breach -> breach.contains("closed already"));
    assertThat(pool.stats().closing()).isZero();
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void longestBorrowComesFirst_andNotAllAreNamed() {
    PoolFixture pool = start(c -> c.maximumPoolSize(25).reportHolders(true));
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      held.add(pool.get());
      pool.advanceMillis(100);
    }
    PoolFixture.giveBack(held.remove(0));
    held.add(pool.get()); // the oldest connection is the newest borrow
    String text = timeout(pool).getMessage();
    assertThat(text).contains("and 5 more");
    List<String> named =
        text.lines()
            .filter(line -> line.startsWith("  connection #"))
            .map(line -> line.substring(2, line.indexOf(" for ")))
            .toList();
    assertThat(named).hasSize(20);
    for (int i = 0; i < named.size(); i++) {
      assertThat(held.get(i).toString()).as("place %s", i).contains(named.get(i) + ":");
    }
    PoolFixture.giveBack(held);
  }

  /** Who keeps a connection for long has one that is over its age, say. */
  @Test
  void holderOfWhatIsToGoOnReturn_isNamedToo() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).reportHolders(true));
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    pool.engine.evict();
    assertThat(timeout(pool).getMessage()).contains("thread \"borrower-1\"");
    borrower.giveBack();
  }

  @Test
  void holders_areLookedForAgain_afterASecond() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).reportHolders(true));
    PoolFixture.Borrower first = pool.borrow();
    assertThat(timeout(pool).getMessage()).contains("thread \"borrower-1\"");
    first.giveBack();
    PoolFixture.Borrower second = pool.borrow();
    assertThat(timeout(pool).getMessage()).contains("thread \"borrower-2\"");
    second.giveBack();
  }
}
