package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.PostgresServer;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;

/**
 * A COPY that is begun through PostgreSQL's driver and not ended has everybody wait who comes next
 * with a statement: for a lock of the driver's, for ever, and whatever becomes of the socket.
 */
class UnfinishedCopyTest {
  private static final String COPY = "copy copied from stdin";

  private TidepoolDataSource pool;

  @BeforeEach
  void start() throws Exception {
    pool = RealPools.pool(PostgresServer.shared().url(), 1);
    pool.setValidationTimeout(Duration.ofSeconds(1));
    pool.setConnectionInitSql("create temporary table copied (a int)");
  }

  @AfterEach
  void close() {
    pool.close();
  }

  /** Somewhere in the driver, for the end of the COPY. */
  private static boolean isWaitingForTheCopy(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("waitOnLock"));
  }

  private static void awaitNobodyWaiting() {
    Await.until(
        "no thread waits for the end of the COPY",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(UnfinishedCopyTest::isWaitingForTheCopy));
  }

  @Test
  void isFoundBeforeTheNextBorrower_andCostsTheSession() throws Exception {
    String before;
    try (Connection connection = pool.getConnection()) {
      before = RealPools.ask(connection, RealPools.POSTGRES_ID);
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    }
    assertThat(RealPools.askPool(pool, RealPools.POSTGRES_ID)).isNotEqualTo(before);
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.OVERTAKEN);
    awaitNobodyWaiting();
    Await.until("the old one is closed", () -> pool.stats().closing() == 0);
  }

  @Test
  void isFoundWithoutABorrower_andCostsTheSession() throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    }
    Await.until("it is retired", () -> !pool.stats().retired().isEmpty());
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.VALIDATION_TIMEOUT);
    awaitNobodyWaiting();
  }

  @Test
  void endedCopy_costsOneQuestion() throws Exception {
    String before = RealPools.askPool(pool, RealPools.POSTGRES_ID);
    long validations = pool.stats().validations();
    try (Connection connection = pool.getConnection()) {
      PGConnection driver = connection.unwrap(PGConnection.class);
      assertThat(driver.getCopyAPI().copyIn(COPY, new StringReader("1\n2\n"))).isEqualTo(2);
    }
    assertThat(RealPools.askPool(pool, "select count(*) from copied")).isEqualTo("2");
    assertThat(RealPools.askPool(pool, RealPools.POSTGRES_ID)).isEqualTo(before);
    assertThat(pool.stats().validations()).isEqualTo(validations + 1);
    assertThat(pool.stats().retired()).isEmpty();
  }

  /** Where the pool cannot reach the driver's socket, and the driver closes it. */
  @Test
  void ofADataSourcesConnection_holdsNoThread() throws Exception {
    PGSimpleDataSource driver = new PGSimpleDataSource();
    driver.setUrl(PostgresServer.shared().url());
    try (TidepoolDataSource wrapping = new TidepoolDataSource()) {
      wrapping.setDataSource(driver);
      wrapping.setMaximumPoolSize(1);
      wrapping.setValidationTimeout(Duration.ofSeconds(1));
      try (Connection connection = wrapping.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create temporary table copied (a int)");
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
      }
      assertThat(RealPools.askPool(wrapping, "select 1")).isEqualTo("1");
      awaitNobodyWaiting();
      Await.until("the old one is closed", () -> wrapping.stats().closing() == 0);
    }
  }

  /** Which is closed with a rollback first. */
  @Test
  void evictedMeanwhile_isClosedAllTheSame() throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
      pool.evict();
    }
    Await.until("it is closed", () -> pool.stats().closed() == 1);
    assertThat(RealPools.askPool(pool, "select 1")).isEqualTo("1");
    awaitNobodyWaiting();
  }

  /** What would have to be restored is asked of the server, on the borrower's own thread. */
  @Test
  void closeThatAsksTheServer_endsAfterSeconds() throws Exception {
    Connection connection = pool.getConnection();
    connection.unwrap(PgConnection.class).getCopyAPI().copyIn(COPY);
    connection.close();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    assertThat(RealPools.askPool(pool, "select 1")).isEqualTo("1");
    awaitNobodyWaiting();
  }

  @Test
  void closeThatRollsBack_endsAfterSeconds() throws Exception {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    connection.close();
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    assertThat(RealPools.askPool(pool, "select count(*) from copied")).isEqualTo("0");
    awaitNobodyWaiting();
  }
}
