package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.Health;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A wrong password, or a right one that was changed on the server. Sixteen borrowers had it tried
 * twice a second for as long as they came, and servers lock accounts for that.
 */
class RefusedLoginTest extends SimulatedPoolTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private PoolFixture pool() {
    return start(
        c -> c.maximumPoolSize(8).password("first").connectionTimeout(Duration.ofMinutes(10)));
  }

  private static void refuse(PoolFixture pool) {
    pool.onConnect(RefusedLoginTest::refuse);
  }

  private static void refuse() throws SQLException {
    throw new SQLException("password authentication failed for user \"app\"", "28P01");
  }

  private static List<PoolFixture.Borrower> borrow(PoolFixture pool) {
    List<PoolFixture.Borrower> borrowers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      borrowers.add(pool.borrow());
    }
    return borrowers;
  }

  private static void areServed(PoolFixture pool, List<PoolFixture.Borrower> borrowers) {
    pool.advance(Duration.ofSeconds(5));
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void awaitedLogins_areFewAndFarBetween() {
    PoolFixture pool = pool();
    refuse(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool);
    pool.advance(Duration.ofSeconds(20));
    int before = pool.connects();
    pool.advance(MINUTE);
    assertThat(pool.connects() - before).as("5 s apart, or half of it").isBetween(12, 25);
    pool.acceptConnects();
    areServed(pool, borrowers);
  }

  @Test
  void otherFailures_areRetriedAsQuicklyAsEver() {
    PoolFixture pool = pool();
    pool.refuseConnects();
    List<PoolFixture.Borrower> borrowers = borrow(pool);
    pool.advance(Duration.ofSeconds(20));
    int before = pool.connects();
    pool.advance(MINUTE);
    assertThat(pool.connects() - before).as("0.8 s apart, or half of it").isBetween(73, 151);
    pool.acceptConnects();
    pool.advanceMillis(850);
    areServed(pool, borrowers);
  }

  @Test
  void newPassword_isTriedAtOnce() {
    PoolFixture pool = pool();
    refuse(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool);
    pool.advance(MINUTE);
    pool.acceptConnects();
    int before = pool.connects();
    pool.reconfigure(c -> c.maximumWaiters(100));
    pool.runtime.runTasks();
    assertThat(pool.connects()).as("any other change").isEqualTo(before);
    pool.reconfigure(c -> c.password("second"));
    pool.runtime.runTasks();
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void newProvider_isTriedAtOnce_andAWrongOneAgainSoonAtFirst() {
    PoolFixture pool = pool();
    refuse(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool);
    pool.advance(MINUTE);
    int before = pool.connects();
    CredentialsProvider second = () -> new Credentials("app", "second");
    pool.reconfigure(c -> c.credentialsProvider(second));
    pool.runtime.runTasks();
    assertThat(pool.connects()).isEqualTo(before + 1);
    pool.advanceMillis(110);
    assertThat(pool.connects()).isGreaterThanOrEqualTo(before + 2);
    pool.acceptConnects();
    areServed(pool, borrowers);
  }

  /** It was begun with the old password, and says nothing of the new one. */
  @Test
  void oldLoginThatIsRefusedAfterTheChange_keepsNobodyWaiting() {
    PoolFixture pool = pool();
    refuse(pool);
    List<PoolFixture.Borrower> borrowers = borrow(pool);
    pool.advance(MINUTE);
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.onConnect(
        () -> {
          hang.run();
          refuse();
        });
    pool.advanceUntil(() -> hang.inside() == 1);
    pool.reconfigure(c -> c.password("second"));
    pool.acceptConnects();
    hang.end();
    pool.runtime.runTasks();
    assertThat(borrowers).allMatch(PoolFixture.Borrower::isServed);
    borrowers.forEach(PoolFixture.Borrower::giveBack);
  }

  @Test
  void log_saysThatTheLoginIsRefused_whateverSignCameFirst() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3));
      pool.advance(Duration.ofSeconds(5));
      refuse(pool);
      pool.database.sessions().forEach(FakeDatabase.Session::kill);
      PoolFixture.Borrower borrower = pool.borrow();
      pool.advanceUntil(() -> pool.stats().health() == Health.DOWN);
      pool.runtime.runTasks();
      assertThat(log.count("the database is down")).isZero();
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" WARN ") && line.contains(".HealthReport "))
          .singleElement()
          .asString()
          .contains("fixture: the database refuses the login: no connection can be opened and ")
          .endsWith("password authentication failed for user \"app\"");
      pool.acceptConnects();
      pool.advanceUntil(() -> !borrower.isWaiting());
      if (borrower.isServed()) {
        borrower.giveBack();
      }
      pool.advance(Duration.ofSeconds(10));
    }
  }

  /** As one whose start repeats another that failed; what is well again is told of as ever. */
  @Test
  void hushedStart_isForDebugOnly() {
    PoolFixture pool = create(c -> c.initializationFailTimeout(Duration.ofMillis(1)));
    refuse(pool);
    pool.engine.inventory().connectLog().hush();
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      assertThat(failsToStart(pool)).hasMessageContaining("could not open the first connection");
      pool.runtime.runTasks();
      assertThat(log.lines()).filteredOn(line -> !line.contains(" DEBUG ")).isEmpty();
      assertThat(log.lines())
          .anyMatch(line -> line.endsWith("fixture: starting"))
          .anyMatch(line -> line.contains("fixture: cannot connect (attempt 1)"))
          .anyMatch(line -> line.contains("fixture: the database refuses the login"))
          .anyMatch(line -> line.endsWith("fixture: closing"))
          .anyMatch(line -> line.endsWith("fixture: closed"));
    }
  }

  @Test
  void hushedStart_thatTakesLong_isHeardOnceInHalfAMinute() {
    PoolFixture pool = create(c -> c.initializationFailTimeout(Duration.ofSeconds(70)));
    pool.refuseConnects();
    pool.engine.inventory().connectLog().hush();
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      assertThat(failsToStart(pool)).isNotNull();
      pool.runtime.runTasks();
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" WARN "))
          .hasSize(2)
          .allMatch(line -> line.contains("fixture: cannot connect (attempt "));
    }
  }

  private static Throwable failsToStart(PoolFixture pool) {
    try {
      pool.engine.start(MINUTE.multipliedBy(2));
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError("it started");
  }
}
