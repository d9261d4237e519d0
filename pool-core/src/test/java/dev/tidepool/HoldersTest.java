package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets no connection is told who has them, if the pool is asked to. */
class HoldersTest {
  private final TidepoolDataSource pool = new TidepoolDataSource();
  private final CountDownLatch borrowed = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  HoldersTest() {
    pool.setDataSource(new NoopDataSource());
    pool.setMaximumPoolSize(1);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private String refusal() {
    pool.setConnectionTimeout(Duration.ofMillis(200));
    PoolTimeoutException e = catchThrowableOfType(PoolTimeoutException.class, pool::getConnection);
    assertThat((Throwable) e).isNotNull();
    return String.valueOf(e.getMessage());
  }

  private void borrowAndKeep() {
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.isValid(1)).isTrue();
      keep();
    } catch (SQLException e) {
      throw new AssertionError("no connection", e);
    }
  }

  private void keep() {
    borrowed.countDown();
    Await.open(end);
  }

  @Test
  void onlyIfAskedFor_holdersAreNamed_andWhereTheyAre() {
    Thread greedy = new Thread(this::borrowAndKeep, "greedy");
    greedy.start();
    Await.open(borrowed);
    assertThat(refusal()).doesNotContain("greedy");
    pool.setReportHolders(true);
    assertThat(refusal())
        .contains("All connections are in use")
        .containsPattern(
            "Who has them:\\n  connection #1 for \\d+ ms: thread \"greedy\", TIMED_WAITING at"
                + " dev.tidepool.testing.Await.open");
    end.countDown();
    Await.end(greedy);
  }

  @Test
  void threadThatHasEnded_isNamedAsSuch() throws SQLException {
    pool.setReportHolders(true);
    List<Connection> kept = new ArrayList<>();
    Thread careless =
        new Thread(
            () -> {
              try {
                kept.add(pool.getConnection());
              } catch (SQLException e) {
                throw new AssertionError("no connection", e);
              }
            },
            "careless");
    careless.start();
    Await.end(careless);
    assertThat(refusal()).contains("thread \"careless\", which has ended");
    kept.get(0).close();
  }

  @Test
  void withStackTraces_thePlaceOfTheBorrowIsNamed() throws SQLException {
    pool.setReportHolders(true);
    pool.setLeakDetectionStackTrace(true);
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(refusal())
          .contains("borrowed at dev.tidepool.HoldersTest.withStackTraces_thePlaceOfTheBorrow");
    }
  }

  @Test
  void longestBorrowComesFirst_andNotAllAreNamed() throws SQLException {
    pool.setReportHolders(true);
    pool.setMaximumPoolSize(25);
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      held.add(pool.getConnection());
    }
    String text = refusal();
    assertThat(text).contains("and 5 more");
    assertThat(text.lines().filter(line -> line.startsWith("  connection #"))).hasSize(20);
    for (Connection connection : held) {
      connection.close();
    }
  }
}
