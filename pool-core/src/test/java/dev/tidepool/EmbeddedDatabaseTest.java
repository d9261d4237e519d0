package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database in this process, on files: a thread that is interrupted while it reads one closes the
 * file for all sessions, those of others included.
 */
class EmbeddedDatabaseTest {
  /** Of 9 kB each: what fits into the database's cache is not read from the file twice. */
  private static final int ROWS = 2_000;

  /**
   * Runs within the driver's connect, which the pool cannot cut off, and reads the whole table
   * again and again: for days, if it may.
   */
  private static final String SLOW =
      ";INIT=create local temporary table slow as select sum(b.id) s"
          + " from system_range(1\\,1000000000) r left join big b on length(b.v) > 1 and goes_on()";

  /** Ends it. */
  public static final class Gate {
    private static final AtomicLong READ = new AtomicLong();
    private static volatile boolean over;

    private Gate() {}

    /** Called by the database for each row. */
    public static boolean goesOn() {
      if (over) {
        throw new IllegalStateException("the test is over");
      }
      READ.incrementAndGet();
      return true;
    }
  }

  @TempDir private Path dir;
  private Connection other;
  private TidepoolDataSource pool;

  @BeforeEach
  void fill() throws SQLException {
    Gate.over = false;
    String url = "jdbc:h2:file:" + dir.resolve("db") + ";CACHE_SIZE=0";
    other = DriverManager.getConnection(url);
    try (Statement statement = other.createStatement()) {
      statement.execute(
          "create table big as"
              + " select x as id, rpad('v', 9000, cast(x as varchar)) as v"
              + " from system_range(1, "
              + ROWS
              + ")");
      statement.execute("create alias goes_on for '" + Gate.class.getName() + ".goesOn'");
      statement.execute("checkpoint");
    }
    pool = new TidepoolDataSource();
    pool.setUrl(url + SLOW);
    pool.setMaximumPoolSize(2);
    pool.setMinimumIdle(0);
    pool.setInitializationFailTimeout(Duration.ofMillis(-1)); // the pool lives on, and interrupts
    pool.setConnectTimeout(Duration.ofSeconds(1));
    pool.setConnectionTimeout(Duration.ofSeconds(2));
  }

  @AfterEach
  void close() throws SQLException {
    Gate.over = true;
    pool.close();
    other.close();
  }

  private void assertThatOthersGoOn() throws SQLException {
    try (Statement statement = other.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from big where length(v) > 2")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(ROWS);
    }
  }

  /** Whoever is interrupted has read the file by then. */
  private static void awaitReading() {
    long enough = Gate.READ.get() + 2 * ROWS;
    Await.until("the login has read the table twice", () -> Gate.READ.get() > enough);
  }

  @Test
  void loginThatIsGivenUp_harmsNobody() throws SQLException {
    assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
    awaitReading();
    assertThatOthersGoOn();
    pool.close();
    awaitReading();
    assertThatOthersGoOn();
  }
}
