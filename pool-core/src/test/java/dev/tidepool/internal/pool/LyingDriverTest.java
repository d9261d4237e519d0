package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Drivers whose isValid says what is not so. */
class LyingDriverTest extends SimulatedPoolTest {
  private static final int SIZE = 4;

  private PoolFixture pool(boolean answer) {
    PoolFixture pool =
        create(
            c ->
                c.maximumPoolSize(SIZE)
                    .minimumIdle(SIZE)
                    .keepaliveTime(Duration.ofSeconds(10))
                    .connectionTimeout(Duration.ofSeconds(2)));
    pool.sessionsFrom(
        () -> {
          FakeDatabase.Session session = pool.database.open();
          session.sayValid(answer);
          return session;
        });
    pool.start();
    return pool;
  }

  private static boolean works(Connection connection) {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("select 1");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Then only those who use it find out, each connection once. */
  @Test
  void deadSessionsThatSayYes_costOneErrorEach_atMost() {
    PoolFixture pool = pool(true);
    pool.database.sessions().forEach(FakeDatabase.Session::kill);
    pool.advance(Duration.ofSeconds(5));
    int failures = 0;
    for (int i = 0; i < 3 * SIZE; i++) {
      failures += works(pool.get()) ? 0 : 1;
      pool.advanceMillis(100);
    }
    assertThat(failures).isPositive().isLessThanOrEqualTo(SIZE);
    assertThat(works(pool.get())).isTrue();
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(failures);
  }

  /**
   * Borrowers are served all the same, in their time; the price is bounded, but it is no bargain.
   */
  @Test
  void livingSessionsThatSayNo_areReplaced_atABoundedRate() {
    PoolFixture pool = pool(false);
    int rounds = 40;
    for (int i = 0; i < rounds; i++) {
      pool.advance(Duration.ofSeconds(1));
      PoolFixture.Borrower borrower = pool.borrow();
      pool.advance(Duration.ofSeconds(2));
      assertThat(borrower.isServed()).as("borrower %d", i).isTrue();
      borrower.giveBack();
    }
    assertThat(pool.stats().total()).isLessThanOrEqualTo(SIZE);
    int seconds = 3 * rounds;
    assertThat(pool.stats().opened()).isLessThan(3L * SIZE * seconds);
  }
}
