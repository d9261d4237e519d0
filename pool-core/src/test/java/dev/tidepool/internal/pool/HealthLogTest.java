package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log says of the database's health, and how loud. */
class HealthLogTest extends SimulatedPoolTest {
  private PoolFixture pool(int connections) {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(connections)
                    .minimumIdle(connections)
                    .connectionTimeout(Duration.ofSeconds(20)));
    pool.advance(Duration.ofSeconds(5));
    return pool;
  }

  private static void oneDies(PoolFixture pool) {
    Connection used = pool.get();
    pool.session(used).kill();
    try {
      used.createStatement().execute("select 1");
      throw new AssertionError("a killed session answers");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("08006");
    }
    PoolFixture.giveBack(used);
  }

  private static List<String> health(LogCapture log, String level) {
    return log.lines().stream()
        .filter(line -> line.contains(" " + level + " ") && line.contains(".HealthReport "))
        .toList();
  }

  @Test
  void aTrickleOfDeaths_isToldOfOnceInHalfAMinute() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = pool(4);
      for (int i = 0; i < 25; i++) {
        oneDies(pool);
        pool.advance(Duration.ofSeconds(2));
      }
      assertThat(pool.stats().suspicions()).isGreaterThanOrEqualTo(20);
      assertThat(health(log, "INFO"))
          .as("two episodes in 50 s, each with its end")
          .hasSize(4)
          .anyMatch(line -> line.contains("fixture: all idle connections are asked, because of: "))
          .anyMatch(line -> line.contains("fixture: the database answers; it was SUSPECT"));
      assertThat(health(log, "DEBUG")).hasSizeGreaterThanOrEqualTo(36);
      assertThat(health(log, "WARN")).isEmpty();
    }
  }

  @Test
  void theEndOfAnOutage_isAsLoudAsItsBeginning_andSaysWhatItWasLike() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = pool(3);
      // Troubles of another day.
      pool.refuseConnects();
      oneDies(pool);
      pool.advance(Duration.ofSeconds(1));
      pool.acceptConnects();
      pool.advance(Duration.ofSeconds(20));
      PoolStats before = pool.stats();
      assertThat(before.connectFailures()).isPositive();
      assertThat(before.health()).isEqualTo(Health.UP);

      pool.refuseConnects();
      pool.database.sessions().forEach(FakeDatabase.Session::kill);
      PoolFixture.Borrower impatient = pool.borrow();
      pool.advance(Duration.ofMillis(20_100));
      assertThat(impatient.isWaiting()).isFalse();
      pool.acceptConnects();
      pool.advanceUntil(() -> pool.stats().health() == Health.UP);
      PoolStats after = pool.stats();
      long failed = after.connectFailures() - before.connectFailures();
      assertThat(health(log, "WARN")).hasSize(2);
      assertThat(health(log, "WARN").get(0)).contains("fixture: the database is down: ");
      assertThat(health(log, "WARN").get(1))
          .containsPattern("fixture: the database answers again after 2[0-5]\\.\\d s; ")
          .endsWith("; " + failed + " connects failed and 1 borrower gave up meanwhile");
    }
  }

  @Test
  void shortOutage_countsFromItsFirstSign() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(0));
      pool.refuseConnects();
      PoolFixture.Borrower borrower = pool.borrow();
      pool.advanceUntil(() -> pool.stats().health() == Health.DOWN);
      pool.acceptConnects();
      pool.advanceUntil(borrower::isServed);
      long failed = pool.stats().connectFailures();
      assertThat(health(log, "WARN").get(1))
          .endsWith(
              "; "
                  + failed
                  + (failed == 1 ? " connect" : " connects")
                  + " failed and 0 borrowers gave up meanwhile");
      borrower.giveBack();
    }
  }

  @Test
  void deathBySilence_isToldOf() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool =
          start(
              c ->
                  c.maximumPoolSize(3)
                      .minimumIdle(3)
                      .keepaliveTime(Duration.ofSeconds(5))
                      .hedgeAfter(Duration.ZERO));
      pool.hang(pool.database.sessions().get(0));
      pool.advance(Duration.ofSeconds(8));
      assertThat(pool.stats().retired(RetireReason.PING_TIMEOUT)).isEqualTo(1);
      assertThat(health(log, "INFO"))
          .anyMatch(line -> line.contains("because of: no answer in time"));
    }
  }

  @Test
  void isValidThatGivesNoReason_isStillADeath() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool =
          start(c -> c.maximumPoolSize(3).minimumIdle(3).keepaliveTime(Duration.ofSeconds(5)));
      pool.database.sessions().get(0).kill();
      // Or one of them could answer at the very moment of the death, and nothing be in doubt.
      pool.database
          .sessions()
          .subList(1, 3)
          .forEach(s -> s.onEachCall(() -> pool.runtime.take(Duration.ofMillis(10))));
      // The ping, up to 5 s from now, and what is concluded from it.
      pool.advanceUntil(() -> !health(log, "INFO").isEmpty());
      assertThat(health(log, "INFO"))
          .anyMatch(line -> line.contains("isValid() says no, and not why"));
      assertThat(log.lines())
          .anyMatch(
              line ->
                  line.contains("fixture: the check of connection #1 failed: PING_FAILED")
                      && line.contains(" DEBUG "));
    }
  }
}
