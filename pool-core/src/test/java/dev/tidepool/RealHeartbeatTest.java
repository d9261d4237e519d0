package dev.tidepool;

import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.awaitFull;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.retired;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.net.SocketWatch;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.PostgresServer;
import dev.tidepool.testing.RecordingListener;
import dev.tidepool.testing.TcpProxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a heartbeat finds, and what one that hangs must not hold up, on a real server. */
class RealHeartbeatTest {
  private static void terminate(PostgresServer server, String application) throws SQLException {
    server.execute(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '"
            + application
            + "'");
  }

  // ---- without the watch

  /** The threads of one pool. */
  private static final class Threads {
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    Thread make(Runnable task) {
      Thread thread = new Thread(task, "made for the test");
      thread.setDaemon(true);
      made.add(thread);
      return thread;
    }

    boolean watch() {
      return made.stream()
          .flatMap(thread -> Arrays.stream(thread.getStackTrace()))
          .anyMatch(frame -> frame.getClassName().equals(SocketWatch.class.getName()));
    }
  }

  @Test
  void watchOff_noThreadWatches_andTheHeartbeatFindsTheDead() throws Exception {
    PostgresServer server = PostgresServer.shared();
    Threads watching = new Threads();
    Threads blind = new Threads();
    try (TidepoolDataSource with = pool(server.url(), 2);
        TidepoolDataSource without = pool(server.url("ApplicationName=blind"), 4)) {
      with.setThreadFactory(watching::make);
      without.setThreadFactory(blind::make);
      without.setIdleWatch(false);
      without.setKeepaliveTime(Duration.ofSeconds(2));
      assertThat(with.prefill(Duration.ofSeconds(30))).isTrue();
      Set<String> before = sessions(without, POSTGRES_ID);
      // Both are equally quiet, so what watches one would watch the other by then.
      Await.until("the other pool watches", watching::watch);
      Await.until("a heartbeat", () -> without.stats().pings() >= 4);
      assertThat(blind.watch()).isFalse();
      terminate(server, "blind");
      Await.until("all are retired", () -> retired(without) == 4);
      awaitFull(without);
      assertThat(without.stats().idleNews()).isZero();
      assertThat(without.stats().retired(RetireReason.PING_FAILED)).isPositive();
      assertThat(blind.watch()).isFalse();
      assertThat(sessions(without, POSTGRES_ID)).doesNotContainAnyElementsOf(before);
    }
  }

  // ---- one ping that hangs

  @Test
  void onePingThatHangs_holdsUpNothingElse(@TempDir Path dir) throws Exception {
    RecordingListener heard = new RecordingListener();
    try (PostgresServer server = PostgresServer.start(dir);
        TcpProxy proxy = new TcpProxy(server.port());
        TidepoolDataSource pool =
            pool(server.url().replace(":" + server.port(), ":" + proxy.port()), 6);
        TidepoolDataSource second = pool(server.url(), 2)) {
      pool.setMinimumIdle(5);
      pool.setMaxLifetime(Duration.ofSeconds(3));
      pool.setKeepaliveTime(Duration.ofMillis(150));
      pool.setKeepaliveTimeout(Duration.ofMinutes(1));
      second.setKeepaliveTime(Duration.ofMillis(150));
      pool.addListener(heard);
      assertThat(second.prefill(Duration.ofSeconds(30))).isTrue();
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      proxy.silence(Integer.parseInt(askPool(pool, "select inet_client_port()")));
      // Whatever is being checked for so long that it is past hedgeAfter is the one that hangs.
      Await.until("it hangs", () -> pool.stats().suspicions() > 0);
      int then = heard.lines().size();
      long pings = second.stats().pings();
      while (ended(heard, then) < 20 || second.stats().pings() < pings + 20) {
        assertThat(askPool(pool, "select 1")).isEqualTo("1");
        assertThat(askPool(second, "select 1")).isEqualTo("1");
        Await.quiet(Duration.ofMillis(200));
      }
      Await.until("expiry", () -> pool.stats().retired(RetireReason.MAX_LIFETIME) >= 4);
      Await.until("refill", () -> pool.stats().idle() >= 4);
      assertThat(pool.stats().checking()).as("it still hangs").isPositive();
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.MAX_LIFETIME);
      assertThat(pool.stats().generation()).isEqualTo(1);
      assertThat(second.stats().retired()).isEmpty();
    }
  }

  private static long ended(RecordingListener heard, int since) {
    return heard.lines().stream()
        .skip(since)
        .filter(line -> line.startsWith("pinged") && line.endsWith("alive"))
        .count();
  }
}
