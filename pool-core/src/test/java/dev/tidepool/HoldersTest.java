package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
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
  void threadWithoutName_isToldByItsNumber() throws SQLException {
    pool.setReportHolders(true);
    Thread nameless = new Thread(this::borrowAndKeep, "");
    nameless.start();
    Await.open(borrowed);
    assertThat(refusal()).contains("thread \"#" + nameless.getId() + "\", TIMED_WAITING");
    end.countDown();
    Await.end(nameless);
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

  /** One way to send something. */
  private interface Sending {
    void on(Connection connection) throws SQLException;
  }

  private String refusalAfter(Sending... sendings) throws SQLException {
    pool.setDataSource(null);
    pool.setJdbcUrl("jdbc:h2:mem:holders-sql");
    pool.setReportHolders(true);
    pool.setReportSql(true);
    try (Connection connection = pool.getConnection()) {
      for (Sending sending : sendings) {
        sending.on(connection);
      }
      return refusal();
    }
  }

  @Test
  void ifAskedFor_theLastStatementIsShown_withoutValues() throws SQLException {
    String text =
        refusalAfter(
            c -> c.createStatement().execute("select 1"),
            c -> c.createStatement().executeQuery("select 2 where 'abc' = 'secret'"));
    assertThat(text).containsPattern(", \\d+ ms ago it sent: select \\? where\\.\\.\\.$");
  }

  @Test
  void ifAskedFor_thePreparedStatementIsShown_notItsParameters() throws SQLException {
    String text =
        refusalAfter(
            c -> {
              PreparedStatement prepared = c.prepareStatement("select 1,\n ?");
              c.createStatement().execute("select 2");
              prepared.setString(1, "secret");
              prepared.executeQuery();
            });
    assertThat(text).endsWith(" ms ago it sent: select ?, ?");
  }

  @Test
  void ifAskedFor_theCallIsShown() throws SQLException {
    assertThat(refusalAfter(c -> c.prepareCall("call 1").execute())).endsWith("it sent: call ?");
  }

  @Test
  void ifAskedFor_theLastOfABatchIsShown() throws SQLException {
    String text =
        refusalAfter(
            c -> {
              Statement statement = c.createStatement();
              statement.addBatch("create table a (b int)");
              statement.addBatch("drop table a");
              statement.executeBatch();
            });
    assertThat(text).endsWith(" ms ago it sent: drop table a");
  }

  @Test
  void ifNotAskedFor_noStatementIsShown() throws SQLException {
    String text =
        refusalAfter(
            c -> {
              pool.setReportSql(false);
              c.createStatement().execute("select 1");
            });
    assertThat(text).contains("Who has them").doesNotContain("sent");
  }

  @Test
  void statementOfAnEarlierBorrower_isNotShown() throws SQLException {
    pool.setDataSource(null);
    pool.setJdbcUrl("jdbc:h2:mem:holders-sql");
    pool.setReportHolders(true);
    pool.setReportSql(true);
    try (Connection before = pool.getConnection();
        Statement statement = before.createStatement()) {
      statement.execute("select 1");
    }
    try (Connection next = pool.getConnection()) {
      assertThat(next.isClosed()).isFalse();
      assertThat(refusal()).contains("Who has them").doesNotContain("sent");
    }
  }
}
