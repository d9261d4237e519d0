package dev.tidepool;

import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.awaitFull;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.retired;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Commands;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A program for a network namespace: its pool's connections are black-holed while they are idle.
 * Only the kernel can tell, and only the watch can hear it.
 */
final class BlackHoledPool {
  private static final String CLIENT_PORT = "select inet_client_port()";

  static final Path NFT = Path.of("/usr/sbin/nft");

  private BlackHoledPool() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    try (PostgresServer server = PostgresServer.start(dir);
        TidepoolDataSource pool = pool(server.url(), 4);
        TidepoolDataSource unprobed = pool(server.url(), 2)) {
      unprobed.setKeepaliveTime(Duration.ZERO);
      unprobed.setTcpKeepAlive(false);
      pool.setKeepaliveTime(Duration.ZERO);
      pool.setTcpKeepIdle(Duration.ofSeconds(1));
      pool.setTcpKeepInterval(Duration.ofSeconds(1));
      pool.setTcpKeepCount(2);
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      Set<String> before = sessions(pool, POSTGRES_ID);
      Set<String> ports = sessions(pool, CLIENT_PORT);
      ports.addAll(sessions(unprobed, CLIENT_PORT));
      // Until then the server acknowledges, and would send that again and again.
      Await.quiet(Duration.ofMillis(500));
      PoolStats calm = pool.stats();
      assertThat(calm.tcpKeepAlive()).startsWith("on, idle 1 s, interval 1 s, count 2");
      drop(dir, server.port(), ports);
      long dropped = System.nanoTime();
      Await.until("all are retired", () -> retired(pool) == 4);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - dropped);
      assertThat(unprobed.stats().retired()).as("as silent, but without a verdict").isEmpty();
      awaitFull(pool);
      assertThat(pool.stats().idleNews()).isPositive();
      assertThat(pool.stats().borrows()).isEqualTo(calm.borrows());
      assertThat(sessions(pool, POSTGRES_ID)).hasSize(4).doesNotContainAnyElementsOf(before);
      System.out.println("all retired after " + took + " ms: " + pool.stats().retired());
    }
  }

  /** Both ways, for the connections that are open now; new ones pass. */
  private static void drop(Path dir, int port, Set<String> clients) throws Exception {
    String set = "{ " + String.join(", ", clients) + " }";
    String rules =
        "add table ip h; add chain ip h o { type filter hook output priority 0; };"
            + (" add rule ip h o tcp dport " + port + " tcp sport " + set + " drop;")
            + (" add rule ip h o tcp sport " + port + " tcp dport " + set + " drop");
    Commands.run(dir.resolve("nft.log"), List.of(NFT.toString(), rules));
  }
}
