package dev.tidepool;

import static dev.tidepool.RealPools.MARIADB_ID;
import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.awaitFull;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.retired;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.HaProxy;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Things on the way that end what is silent for two seconds; the heartbeat's default is 45. All
 * that takes is time, so the scenes play side by side, each with its own servers.
 */
class RealIdleKillersTest {
  private static final ExecutorService scenes = Executors.newCachedThreadPool();
  private static Future<?> proxy;
  private static Future<?> limits;
  private static Future<?> restarts;

  private interface Scene {
    void play() throws Exception;
  }

  private static Future<?> begin(Scene scene) {
    return scenes.submit(
        () -> {
          scene.play();
          return null;
        });
  }

  @BeforeAll
  static void begin(
      @TempDir Path a,
      @TempDir Path b,
      @TempDir Path c,
      @TempDir Path d,
      @TempDir Path e,
      @TempDir Path f) {
    proxy = begin(() -> throughHaProxy(a, b));
    limits = begin(() -> onServersWithLimits(c, d));
    restarts = begin(() -> threeRestarts(e, f));
  }

  @AfterAll
  static void end() throws InterruptedException {
    scenes.shutdownNow();
    assertThat(scenes.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  /** A failure, or the reason to skip, is thrown where the scene has its name. */
  private static void finish(Future<?> scene) throws Throwable {
    try {
      scene.get(100, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @Test
  void haProxy_itsLimitIsLearned_andOutlived_withoutAnErrorForAnyBorrower() throws Throwable {
    finish(proxy);
  }

  @Test
  void serversThatSayTheirLimit_neverGetToUseIt() throws Throwable {
    finish(limits);
  }

  @Test
  void restarts_teachNothing() throws Throwable {
    finish(restarts);
  }

  private static final Duration LIMIT = Duration.ofSeconds(2);

  /**
   * Borrowers come by now and then, at times two at once; an error for any of them is a failure.
   */
  private static void trickle(List<TidepoolDataSource> pools, BooleanSupplier enough)
      throws SQLException {
    for (int n = 0; !enough.getAsBoolean(); n++) {
      for (TidepoolDataSource pool : pools) {
        try (Connection one = pool.getConnection()) {
          if (n % 4 == 3) {
            assertThat(askPool(pool, "select 2")).isEqualTo("2");
          }
          assertThat(ask(one, "select 1")).isEqualTo("1");
        }
      }
      Await.quiet(Duration.ofMillis(150 + 100 * (n % 4)));
    }
  }

  private static BooleanSupplier after(Duration time) {
    long begun = System.nanoTime();
    return () -> System.nanoTime() - begun >= time.toNanos();
  }

  private static void throughHaProxy(Path postgres, Path dir) throws Exception {
    PostgresServer server = PostgresServer.start(postgres);
    try (server;
        HaProxy proxy = HaProxy.start(dir, server.port(), "2s");
        TidepoolDataSource pool =
            pool(server.url().replace(":" + server.port(), ":" + proxy.port()), 4)) {
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      List<TidepoolDataSource> one = List.of(pool);
      BooleanSupplier tooLong = after(Duration.ofSeconds(30));
      trickle(one, () -> pool.stats().pathIdleLimit() != null || tooLong.getAsBoolean());
      assertThat(pool.stats().pathIdleLimit())
          .isBetween(LIMIT.minusMillis(200), LIMIT.plusMillis(800));
      assertThat(pool.stats().serverIdleLimit()).isNull();
      // Some had been silent for so long by then that they were past help.
      trickle(one, after(Duration.ofSeconds(2)));
      awaitFull(pool);
      long before = retired(pool);
      Set<String> alive = sessions(pool, POSTGRES_ID);
      trickle(one, after(Duration.ofSeconds(6)));
      assertThat(retired(pool)).isEqualTo(before);
      assertThat(sessions(pool, POSTGRES_ID)).isEqualTo(alive);
      assertThat(pool.stats().acquireTimeouts()).isZero();
    }
  }

  private static void onServersWithLimits(Path p, Path m) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(p, "idle_session_timeout=2s");
        MariaDbServer mariaDb = MariaDbServer.start(m, "wait-timeout=2");
        TidepoolDataSource one = pool(postgres.url(), 4);
        TidepoolDataSource other = pool(mariaDb.url(), 4)) {
      List<TidepoolDataSource> both = List.of(one, other);
      Set<String> ones = sessions(one, POSTGRES_ID);
      Set<String> others = sessions(other, MARIADB_ID);
      trickle(both, after(Duration.ofSeconds(5)));
      assertThat(sessions(one, POSTGRES_ID)).isEqualTo(ones);
      assertThat(sessions(other, MARIADB_ID)).isEqualTo(others);
      for (TidepoolDataSource pool : both) {
        assertThat(pool.stats().serverIdleLimit()).isEqualTo(LIMIT);
        assertThat(pool.stats().pathIdleLimit()).isNull();
        assertThat(pool.stats().retired()).isEmpty();
      }
    }
  }

  /** Each time all connections die after the same silence, as they would by an idle timer. */
  private static void threeRestarts(Path p, Path m) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(p);
        MariaDbServer mariaDb = MariaDbServer.start(m);
        TidepoolDataSource one = pool(postgres.url(), 3);
        TidepoolDataSource other = pool(mariaDb.url(), 3)) {
      sessions(one, POSTGRES_ID);
      sessions(other, MARIADB_ID);
      for (int restart = 1; restart <= 3; restart++) {
        long dead = 3L * restart;
        Await.quiet(Duration.ofMillis(2_500));
        postgres.stop();
        mariaDb.stop();
        postgres.start();
        mariaDb.start();
        for (TidepoolDataSource pool : List.of(one, other)) {
          Await.until("all are retired", () -> retired(pool) >= dead);
          awaitFull(pool);
        }
      }
      // An observation takes a second to be complete, and the next pass to count.
      Await.quiet(Duration.ofMillis(2_200));
      assertThat(one.stats().pathIdleLimit()).isNull();
      assertThat(other.stats().pathIdleLimit()).isNull();
    }
  }
}
