package dev.tidepool;

import static dev.tidepool.RealPools.MARIADB_ID;
import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.awaitFull;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.retired;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pool sees of its idle connections without asking them, on real servers. */
class RealWatchTest {
  /** Long enough to be watched, which begins after a second of silence. */
  private static final Duration UNTIL_WATCHED = Duration.ofMillis(2_200);

  /** How the sessions of a test end. */
  private interface Kill {
    void run(Set<String> sessions) throws Exception;
  }

  private static TidepoolDataSource sleepy(String url, int size) {
    TidepoolDataSource pool = pool(url, size);
    pool.setKeepaliveTime(Duration.ofHours(1));
    pool.setMaxLifetime(Duration.ZERO);
    return pool;
  }

  /** Everything of idle pools dies, and the next borrower finds everything replaced. */
  private static void replacedUnasked(String plain, String tls, String idQuery, Kill kill)
      throws Exception {
    try (TidepoolDataSource one = sleepy(plain, 4);
        TidepoolDataSource other = sleepy(tls, 4)) {
      List<TidepoolDataSource> pools = List.of(one, other);
      Set<String> before = new TreeSet<>();
      for (TidepoolDataSource pool : pools) {
        assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
        before.addAll(sessions(pool, idQuery));
      }
      Await.quiet(UNTIL_WATCHED);
      List<PoolStats> calm = pools.stream().map(TidepoolDataSource::stats).toList();
      kill.run(before);
      for (int i = 0; i < pools.size(); i++) {
        assertReplaced(pools.get(i), calm.get(i));
        assertThat(sessions(pools.get(i), idQuery)).hasSize(4).doesNotContainAnyElementsOf(before);
      }
    }
  }

  private static void assertReplaced(TidepoolDataSource pool, PoolStats calm) {
    assertThat(calm.pings()).isZero();
    // A check may have been so late before, on a slow machine, that it was given up.
    long before = calm.retired().values().stream().mapToLong(Long::longValue).sum();
    Await.until("all four are retired", () -> retired(pool) == before + 4);
    awaitFull(pool);
    PoolStats stats = pool.stats();
    assertThat(stats.borrows()).as("nobody had to borrow").isEqualTo(calm.borrows());
    assertThat(stats.idleNews()).isPositive();
    assertThat(stats.validations()).isEqualTo(calm.validations());
    assertThat(stats.opened()).isEqualTo(calm.opened() + 4);
    assertThat(stats.pathIdleLimit()).isNull();
  }

  /** The next borrower comes too late for a blind hand-over and too early for the watch. */
  private static void seenAtBorrow(String url, String idQuery, Kill kill) throws Exception {
    try (TidepoolDataSource pool = sleepy(url, 2)) {
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      int inTime = 0;
      for (int round = 0; inTime < 3; round++) {
        assertThat(round).as("rounds that a slow machine may need").isLessThan(100);
        String id = askPool(pool, idQuery);
        long used = System.nanoTime();
        PoolStats calm = pool.stats();
        kill.run(Set.of(id));
        Await.until("some silence", () -> millisSince(used) >= 200);
        String next = askPool(pool, idQuery);
        long silence = millisSince(used);
        assertThat(next).isNotEqualTo(id);
        if (silence < 450 && pool.stats().validationFailures() > calm.validationFailures()) {
          inTime++;
        }
        awaitFull(pool);
      }
    }
  }

  private static long millisSince(long then) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - then);
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Postgres {
    private PostgresServer server;

    @BeforeAll
    void startServer(@TempDir Path dir) throws Exception {
      server = PostgresServer.startTls(dir);
    }

    @AfterAll
    void stopServer() {
      if (server != null) {
        server.close();
      }
    }

    private void terminate(Set<String> pids) throws SQLException {
      server.execute(
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid in ("
              + String.join(",", pids)
              + ")");
    }

    /**
     * Gone without a word: the client sees the end of the stream and nothing before it. The server
     * would say farewell to the rest after the first death, so it is stopped meanwhile.
     */
    private void sigkill(Set<String> pids) throws Exception {
      String server = this.server.execute("select pg_read_file('postmaster.pid')");
      String postmaster = server.lines().findFirst().orElseThrow();
      signal("STOP", List.of(postmaster));
      signal("KILL", pids);
      signal("CONT", List.of(postmaster));
    }

    private void signal(String name, Collection<String> pids) throws Exception {
      List<String> command = new ArrayList<>(List.of("kill", "-" + name));
      command.addAll(pids);
      assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"terminate", "KILL"})
    void killedWhileIdle_isReplacedUnasked(String how) throws Exception {
      replacedUnasked(
          server.url("sslmode=disable"),
          server.url("sslmode=require"),
          POSTGRES_ID,
          how.equals("KILL") ? this::sigkill : this::terminate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "require"})
    void killedJustAfterUse_isSeenAtBorrow(String tls) throws Exception {
      seenAtBorrow(server.url("sslmode=" + tls), POSTGRES_ID, this::terminate);
    }

    @Test
    void notification_retiresNothing_andIsNewsEachTime() throws Exception {
      try (TidepoolDataSource pool = sleepy(server.url(), 2)) {
        assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
        try (Connection connection = pool.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("listen tide");
        }
        Set<String> before = sessions(pool, POSTGRES_ID);
        for (int time = 1; time <= 2; time++) {
          int news = time;
          server.execute("notify tide");
          Await.until("news", () -> pool.stats().idleNews() == news);
          Await.until("answer", () -> pool.stats().pings() >= news && pool.stats().idle() == 2);
        }
        assertThat(retired(pool)).isZero();
        assertThat(sessions(pool, POSTGRES_ID)).isEqualTo(before);
      }
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class MariaDb {
    private MariaDbServer server;

    @BeforeAll
    void startServer(@TempDir Path dir) throws Exception {
      server = MariaDbServer.startTls(dir);
    }

    @AfterAll
    void stopServer() {
      if (server != null) {
        server.close();
      }
    }

    private void kill(Set<String> ids) throws SQLException {
      try (TidepoolDataSource other = pool(server.url(), 1);
          Connection connection = other.getConnection();
          Statement statement = connection.createStatement()) {
        for (String id : ids) {
          statement.execute("kill " + id);
        }
      }
    }

    @Test
    void killedWhileIdle_isReplacedUnasked() throws Exception {
      replacedUnasked(
          server.url("sslMode=disable"), server.url("sslMode=trust"), MARIADB_ID, this::kill);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "trust"})
    void killedJustAfterUse_isSeenAtBorrow(String tls) throws Exception {
      seenAtBorrow(server.url("sslMode=" + tls), MARIADB_ID, this::kill);
    }
  }
}
