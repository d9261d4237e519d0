package dev.tidepool;

import static dev.tidepool.RealPools.MARIADB_ID;
import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.io.InputStream;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole pool on real servers that are set up, stopped and started: what a service would live
 * through. What any server will do for is in {@link ServerMatrixTest}.
 */
class RealDatabaseTest {
  /** With the defaults, keepaliveTime=45s: the server itself says that it will not wait so long. */
  @Test
  void postgres_idleLimitOfTheServer_isLearned_andOutlived(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir, "idle_session_timeout=1500ms");
        TidepoolDataSource pool = pool(server.url(), 3)) {
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      Set<String> before = sessions(pool, POSTGRES_ID);
      assertThat(pool.stats().serverIdleLimit()).isEqualTo(Duration.ofMillis(1500));
      long pings = pool.stats().pings();
      // Ten more for each of three: some six seconds, four times the limit.
      Await.until("pings", () -> pool.stats().pings() >= pings + 30);
      assertThat(sessions(pool, POSTGRES_ID)).isEqualTo(before);
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /**
   * The driver asks the server for what metadata does not have at hand, in a transaction of its.
   */
  @Test
  void postgres_metadataAskedAfterTheCommit_leavesNoTransaction(@TempDir Path dir)
      throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        TidepoolDataSource pool = pool(server.url(), 1)) {
      ResultSetMetaData kept;
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        kept = statement.executeQuery("select * from pg_class limit 1").getMetaData();
        connection.commit();
        assertThat(kept.getTableName(1)).isEqualTo("pg_class");
      }
      try (Connection next = pool.getConnection()) {
        next.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE); // not in a transaction
        assertThatThrownBy(() -> kept.getTableName(2)).hasMessageContaining("returned to pool");
        assertThat(kept.getColumnName(1)).isEqualTo("oid");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** In the middle of a message: the rest of it is what the next borrower's query would send. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        ReadOnlyBufferException.class,
        AbstractMethodError.class,
        SQLException.class,
        SQLFeatureNotSupportedException.class,
        Exception.class
      })
  void postgres_streamThatFails_costsTheSession(Class<? extends Throwable> type) throws Exception {
    Throwable error = type.getConstructor().newInstance();
    try (TidepoolDataSource pool = pool(PostgresServer.shared().url(), 1)) {
      String first = askPool(pool, POSTGRES_ID);
      try (Connection connection = pool.getConnection();
          PreparedStatement statement = connection.prepareStatement("select length(?::bytea)")) {
        statement.setBinaryStream(1, failsAfter(20_000, error), 100_000);
        assertThatThrownBy(statement::executeQuery).isInstanceOf(type);
      }
      assertThat(pool.stats().retired()).containsEntry(RetireReason.FATAL_ERROR, 1L);
      assertThat(askPool(pool, POSTGRES_ID)).isNotEqualTo(first);
    }
  }

  private static InputStream failsAfter(int bytes, Throwable error) {
    return new InputStream() {
      private int left = bytes;

      @Override
      public int read(byte[] target, int offset, int length) {
        int some = Math.min(left, length);
        left -= some;
        return some == 0 ? read() : some;
      }

      @Override
      public int read() {
        throw sneak(error);
      }
    };
  }

  /** Throws what is not declared, as Kotlin does. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException sneak(Throwable error) throws E {
    throw (E) error;
  }

  /** He is where his own code is, not in the pool's socket. */
  @Test
  void postgres_holderInAQuery_isNamed() throws Exception {
    try (TidepoolDataSource pool = pool(PostgresServer.shared().url(), 1)) {
      pool.setReportHolders(true);
      AtomicReference<Connection> held = new AtomicReference<>();
      Thread greedy = new Thread(() -> sleepIn(pool, held), "greedy");
      greedy.start();
      Await.until("the query", () -> reads(greedy));
      pool.setConnectionTimeout(Duration.ofMillis(250));
      assertThatThrownBy(pool::getConnection)
          .hasMessageContaining("thread \"greedy\"")
          .hasMessageContaining("at " + RealPools.class.getName() + ".ask(");
      held.get().abort(Runnable::run);
      Await.end(greedy);
    }
  }

  private static void sleepIn(TidepoolDataSource pool, AtomicReference<Connection> held) {
    try (Connection connection = pool.getConnection()) {
      held.set(connection);
      assertThatThrownBy(() -> ask(connection, "select pg_sleep(60)"))
          .isInstanceOf(SQLException.class);
    } catch (SQLException e) {
      throw new AssertionError("no connection", e);
    }
  }

  private static boolean reads(Thread thread) {
    List<String> classes =
        Stream.of(thread.getStackTrace()).map(StackTraceElement::getClassName).toList();
    return classes.contains(RealPools.class.getName())
        && classes.stream().anyMatch(name -> name.startsWith("dev.tidepool.net."));
  }

  @Test
  void postgres_restartUnderLoad_everybodyComesBack(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        TidepoolDataSource pool = pool(server.url(), 4)) {
      AtomicInteger worked = new AtomicInteger();
      AtomicInteger failed = new AtomicInteger();
      CountDownLatch end = new CountDownLatch(1);
      List<Thread> clerks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Thread clerk = new Thread(() -> work(pool, worked, failed, end));
        clerk.start();
        clerks.add(clerk);
      }
      Await.until("work", () -> worked.get() > 200);
      server.stop();
      Await.until("the outage is felt", () -> failed.get() > 0 || pool.stats().waiting() > 0);
      server.start();
      int then = worked.get();
      Await.until("work goes on", () -> worked.get() > then + 200);
      end.countDown();
      for (Thread clerk : clerks) {
        Await.end(clerk);
      }
      PoolStats stats = pool.stats();
      assertThat(stats.active()).isZero();
      assertThat(stats.total() + stats.connecting()).isLessThanOrEqualTo(4);
      assertThat(stats.opened() - stats.closed()).isEqualTo(stats.total() + stats.closing());
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  private static void work(
      TidepoolDataSource pool, AtomicInteger worked, AtomicInteger failed, CountDownLatch end) {
    try {
      while (!end.await(1, TimeUnit.MILLISECONDS)) {
        try (Connection connection = pool.getConnection()) {
          ask(connection, "select 1");
          worked.incrementAndGet();
        } catch (SQLException e) {
          failed.incrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void postgres_serverThatIsDown_boundsTheBorrower_andNamesTheReason(@TempDir Path dir)
      throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        TidepoolDataSource pool = pool(server.url(), 2)) {
      pool.getConnection().close();
      pool.setConnectionTimeout(Duration.ofMillis(800));
      pool.setKeepaliveTime(Duration.ofMillis(100));
      server.stop();
      Await.until("no connection is left", () -> pool.stats().total() == 0);
      assertThatThrownBy(pool::getConnection)
          .isInstanceOf(PoolTimeoutException.class)
          .hasMessageContaining("refused")
          .hasMessageContaining("connectionTimeout=800 ms");
      server.start();
      pool.setConnectionTimeout(Duration.ofSeconds(30));
      pool.getConnection().close();
    }
  }

  @Test
  void mariaDb_waitTimeoutOfTheServer_isLearned_andOutlived(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir, "wait-timeout=2");
        TidepoolDataSource pool = pool(server.url(), 3)) {
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      Set<String> before = sessions(pool, MARIADB_ID);
      assertThat(pool.stats().serverIdleLimit()).isEqualTo(Duration.ofSeconds(2));
      assertThat(pool.stats().tcpKeepAlive()).contains("idle 45 s");
      long pings = pool.stats().pings();
      Await.until("pings", () -> pool.stats().pings() >= pings + 18);
      assertThat(sessions(pool, MARIADB_ID)).isEqualTo(before);
      assertThat(pool.stats().retired()).isEmpty();
    }
  }
}
