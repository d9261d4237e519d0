package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What pools learn from deaths about the way to their database, and what they must not. */
class PathLearningTest extends SimulatedPoolTest {
  private static final Duration TIME = Duration.ofSeconds(10);

  private static void execute(Connection connection) throws SQLException {
    connection.createStatement().execute("select 1");
  }

  @Test
  void whatKillsSilentConnections_isLearned_andPingedInTime() {
    PoolFixture pool = behindAFirewall();
    assertThat(pool.events.lines("path limit")).isNotEmpty();
    long opened = pool.stats().opened();
    pool.advance(Duration.ofMinutes(10));
    assertThat(pool.stats().opened()).as("nobody dies any more").isEqualTo(opened);
  }

  /** Has learned of one that forgets flows after three seconds of silence. */
  private PoolFixture behindAFirewall() {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(4)
                    .minimumIdle(4)
                    .keepaliveTime(TIME)
                    .keepaliveTimeout(Duration.ofSeconds(1)));
    pool.forgetSilent(Duration.ofSeconds(3));
    pool.advance(Duration.ofMinutes(2));
    assertThat(pool.stats().pathIdleLimit()).isNotNull();
    return pool;
  }

  @Test
  void theFirewallIsGone_whoWasLentAndSilentForLong_dropsTheLimit() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = behindAFirewall();
      Duration limit = pool.stats().pathIdleLimit();
      pool.forgetSilent(Duration.ofDays(1));
      for (int i = 0; i < 2; i++) {
        Connection held = pool.get();
        pool.advance(Duration.ofSeconds(30));
        PoolFixture.giveBack(held);
        pool.advance(Duration.ofSeconds(5)); // asked, as it has been quiet for longer than allowed
      }
      assertThat(pool.stats().pathIdleLimit()).isNull();
      assertThat(limit).isNotNull();
      assertThat(pool.events.lines("no path limit"))
          .containsExactly("no path limit of " + (limit == null ? 0 : limit.toMillis()) + " ms");
      assertThat(log.count("fixture: that something on the way to the database")).isEqualTo(1);
      pool.advance(TIME);
      long before = pool.stats().pings();
      pool.advance(Duration.ofMinutes(1));
      assertThat(pool.stats().pings() - before).as("as configured").isBetween(20L, 32L);
    }
  }

  @Test
  void restartsTeachNothing() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4).keepaliveTime(TIME));
    for (int i = 0; i < 6; i++) {
      pool.advance(Duration.ofSeconds(4));
      pool.refuseConnects();
      pool.database.sessions().forEach(FakeDatabase.Session::kill);
      PoolFixture.Borrower borrower = pool.borrow();
      pool.runtime.runTasks();
      pool.advance(Duration.ofSeconds(1));
      pool.acceptConnects();
      pool.advance(Duration.ofSeconds(2));
      borrower.giveBack();
    }
    assertThat(pool.stats().pathIdleLimit()).isNull();
  }

  /** A proxy leads new connections to another server at once, so that no connect fails. */
  @Test
  void failoversInABusyPool_teachNothing() throws SQLException {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4));
    for (int i = 0; i < 6; i++) {
      // Each time after a shorter silence, so that no survivor speaks against an idle timer.
      pool.advance(Duration.ofSeconds(10 - i));
      Connection busy = pool.get();
      execute(busy);
      pool.advanceMillis(100);
      pool.database.sessions().forEach(FakeDatabase.Session::kill);
      try {
        execute(busy);
        throw new AssertionError("a killed session answers");
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("08006");
      }
      PoolFixture.giveBack(busy);
      pool.advance(Duration.ofSeconds(1));
      assertThat(pool.stats().generation()).isEqualTo(i + 2);
    }
    pool.advance(Duration.ofMinutes(1));
    assertThat(pool.stats().pathIdleLimit()).isNull();
  }
}
