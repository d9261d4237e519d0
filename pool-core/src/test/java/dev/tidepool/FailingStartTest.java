package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolState;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.ScriptedDataSource;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A bean whose start fails and whose borrowers come again and again: each made an engine, logged in
 * and wrote five lines, some forty times a second.
 */
class FailingStartTest {
  private final ScriptedDataSource database = new ScriptedDataSource("FailingStartTest");
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();
  private final TidepoolDataSource pool = new TidepoolDataSource(now::get);

  FailingStartTest() {
    pool.setDataSource(database);
    pool.setPoolName("failing");
    pool.setMaximumPoolSize(1);
    database.onLogin(
        () -> {
          logins.incrementAndGet();
          throw new SQLException("password authentication failed", "28P01");
        });
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private void fails() {
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining("failing: could not open the first connection")
        .hasRootCauseMessage("password authentication failed")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28P01");
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void borrowersWithinThePause_costNoLogin() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      fails();
    }
    assertThat(pool.prefill(Duration.ofSeconds(1))).isFalse();
    assertThat(logins).hasValue(1);
    assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    pass(Duration.ofSeconds(5));
    fails();
    assertThat(logins).hasValue(2);
  }

  @Test
  void databaseThatIsBack_isFoundAfterThePause() throws SQLException {
    fails();
    database.onLogin(() -> {});
    pass(Duration.ofMillis(100));
    pool.getConnection().close();
    assertThat(pool.stats().state()).isEqualTo(PoolState.RUNNING);
  }

  @Test
  void changedProperty_isTriedAtOnce() throws SQLException {
    fails();
    pool.setMinimumIdle(0);
    fails();
    assertThat(logins).hasValue(2);
    database.onLogin(() -> {});
    pool.setPassword("right");
    pool.getConnection().close();
  }

  /** As by a job that fetches the credentials anew, whether they have changed or not. */
  @Test
  void propertySetToTheValueItHas_endsNoPause() {
    pool.setPassword("wrong");
    fails();
    pool.setPassword("wrong");
    pool.setCredentials(pool.getCredentials());
    fails();
    assertThat(logins).hasValue(1);
  }

  @Test
  void closedInThePause_isClosed() {
    fails();
    pool.close();
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolClosedException.class);
  }

  @Test
  void log_hearsOfTheFirstOnly_andOnceInHalfAMinute() {
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      fails();
      // Written by workers, after the borrower was told.
      Await.until("the first is told of", () -> log.count(" INFO ") >= 3);
      Await.until("its failure is told of", () -> log.count("cannot connect (attempt 1)") >= 1);
      for (int i = 0; i < 4; i++) {
        pass(Duration.ofSeconds(5));
        fails();
      }
      assertThat(logins).hasValue(5);
      Await.until("all have ended", () -> log.count("failing: closed") == 5);
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" INFO "))
          .as("starting, closing, closed")
          .hasSize(3);
      assertThat(log.count("still cannot start")).as("for DEBUG").isEqualTo(4);
      pass(Duration.ofSeconds(10));
      fails();
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" WARN ") && line.contains("still cannot start"))
          .singleElement()
          .asString()
          .contains("failing: still cannot start (attempt 6): failing: could not open the first");
    }
  }
}
