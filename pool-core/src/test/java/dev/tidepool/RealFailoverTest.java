package dev.tidepool;

import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.awaitFull;
import static dev.tidepool.RealPools.pool;
import static dev.tidepool.RealPools.sessions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import dev.tidepool.testing.TcpProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One address, two servers: new connections lead to another one than the old ones did. */
class RealFailoverTest {
  private static final String WRITE = "insert into tide values (1)";

  private static void write(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(WRITE)).isEqualTo(1);
    }
  }

  /** All at once, each on a connection of its own. */
  private static void everybodyWrites(TidepoolDataSource pool) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
      all.add(pool.getConnection());
    }
    for (Connection connection : all) {
      write(connection);
      connection.close();
    }
  }

  // ---- calls in flight on sessions that are lost

  private static TidepoolDataSource failingOver(String url, boolean abort) throws Exception {
    TidepoolDataSource pool = pool(url, 4);
    pool.setAbortInUseOnFailover(abort);
    assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
    return pool;
  }

  private static Call hang(TidepoolDataSource pool, String mark) {
    return new Call(() -> askPool(pool, "select pg_sleep(600), '" + mark + "'"));
  }

  private static boolean runs(PostgresServer server, String mark) {
    try {
      return server
          .execute(
              "select count(*) from pg_stat_activity where state = 'active' and pid <>"
                  + " pg_backend_pid() and query like '%pg_sleep(600)%"
                  + mark
                  + "%'")
          .equals("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void silentFailover_endsTheCallInFlight_ifAskedTo(@TempDir Path a, @TempDir Path b)
      throws Exception {
    try (PostgresServer before = PostgresServer.start(a);
        PostgresServer after = PostgresServer.start(b);
        TcpProxy proxy = new TcpProxy(before.port())) {
      String url = before.url().replace(":" + before.port(), ":" + proxy.port());
      try (TidepoolDataSource leaving = failingOver(url, false);
          TidepoolDataSource aborting = failingOver(url, true)) {
        Call left = hang(leaving, "left");
        Call aborted = hang(aborting, "aborted");
        Await.until("both hang", () -> runs(before, "left") && runs(before, "aborted"));
        // What spoke a moment ago is handed out unasked, and its borrower would hang as well.
        Await.quiet(Duration.ofMillis(700));
        proxy.silenceAll();
        proxy.leadTo(after.port());
        String port = "select inet_server_port()";
        String next = Integer.toString(after.port());
        assertThat(askPool(leaving, port)).isEqualTo(next);
        assertThat(askPool(aborting, port)).isEqualTo(next);
        assertThat(aborted.await()).isInstanceOf(SQLException.class);
        Await.until("written down", () -> retired(aborting, RetireReason.SESSION_LOST) == 1);
        assertThat(aborting.stats().generation()).isEqualTo(2);
        Await.until("conclusion", () -> leaving.stats().generation() == 2);
        assertThat(left.isOver()).isFalse();
        assertThat(leaving.stats().active()).isEqualTo(1);
        awaitFull(aborting);
        assertThat(sessions(aborting, POSTGRES_ID)).hasSize(4);
        assertThat(retired(leaving, RetireReason.SESSION_LOST)).isZero();
        proxy.close();
        assertThat(left.await()).isInstanceOf(SQLException.class);
      }
    }
  }

  /**
   * A server shows a user without privileges nothing but that user's own sessions: what was opened
   * before the provider changed its mind is not gone for being unlisted.
   */
  @Test
  void callOfAnotherUser_whomTheNewOneDoesNotSee_isLeftAlone(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        TcpProxy proxy = new TcpProxy(server.port());
        TidepoolDataSource pool =
            pool("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres", 4)) {
      server.execute("create role earlier login");
      server.execute("create role later login");
      pool.setAbortInUseOnFailover(true);
      AtomicReference<String> user = new AtomicReference<>("earlier");
      pool.setCredentialsProvider(() -> new Credentials(user.get(), null));
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      Call living = new Call(() -> askPool(pool, "select 'lives' from pg_sleep(4)"));
      Await.until("it runs", () -> pool.stats().active() == 1);
      Await.quiet(Duration.ofMillis(700));
      String idle = "select string_agg(client_port::text, ',') from pg_stat_activity";
      for (String port : server.execute(idle + " where state = 'idle'").split(",")) {
        proxy.silence(Integer.parseInt(port));
      }
      user.set("later");
      assertThat(askPool(pool, "select current_user")).isEqualTo("later");
      Await.until("conclusion", () -> pool.stats().generation() == 2);
      assertThat(living.await()).isEqualTo("lives");
      assertThat(retired(pool, RetireReason.SESSION_LOST)).isZero();
    }
  }

  private static long retired(TidepoolDataSource pool, RetireReason reason) {
    return pool.stats().retired(reason);
  }

  // ---- an old server that takes no writes

  @Test
  void postgresTurnsReadOnly_oneWriteFails_andThenEverybodyWritesElsewhere(
      @TempDir Path a, @TempDir Path b) throws Exception {
    try (PostgresServer old = PostgresServer.start(a);
        PostgresServer fresh = PostgresServer.start(b);
        TcpProxy proxy = new TcpProxy(old.port());
        TidepoolDataSource pool =
            pool(old.url().replace(":" + old.port(), ":" + proxy.port()), 4)) {
      old.execute("create table tide (n int)");
      fresh.execute("create table tide (n int)");
      everybodyWrites(pool);
      old.execute("alter system set default_transaction_read_only = on");
      old.execute("select pg_reload_conf()");
      Await.until(
          "old server is read-only", () -> says(old, "show default_transaction_read_only", "on"));
      proxy.leadTo(fresh.port());
      firstWriteFails(pool, "25006");
      everybodyWrites(pool);
      assertThat(fresh.execute("select count(*) from tide")).isEqualTo("4");
    }
  }

  private static boolean says(PostgresServer server, String sql, String expected) {
    try {
      return server.execute(sql).equals(expected);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Then the pool has to find out by itself; a borrower could still meet an old one until then. */
  private static void firstWriteFails(TidepoolDataSource pool, String state) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      assertThatThrownBy(() -> write(connection))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
    Await.until("conclusion", () -> pool.stats().generation() == 2);
    awaitFull(pool);
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.WRONG_ROLE);
  }

  /** As a user whom {@code read_only} stops: one without SUPER and READ_ONLY ADMIN. */
  @Test
  void mariaDbTurnsReadOnly_oneWriteFails_andThenEverybodyWritesElsewhere(
      @TempDir Path a, @TempDir Path b) throws Exception {
    try (MariaDbServer old = MariaDbServer.start(a);
        MariaDbServer fresh = MariaDbServer.start(b);
        TcpProxy proxy = new TcpProxy(old.port());
        TidepoolDataSource pool =
            pool("jdbc:mariadb://127.0.0.1:" + proxy.port() + "/app?user=app", 4)) {
      for (MariaDbServer server : List.of(old, fresh)) {
        server.execute("create database app");
        server.execute("create table app.tide (n int)");
        server.execute("create user app@127.0.0.1");
        server.execute("grant select, insert on app.* to app@127.0.0.1");
      }
      everybodyWrites(pool);
      old.execute("set global read_only = 1");
      proxy.leadTo(fresh.port());
      firstWriteFails(pool, "HY000");
      everybodyWrites(pool);
      assertThat(fresh.execute("select count(*) from app.tide")).isEqualTo("4");
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, "select @@port")).isEqualTo(Integer.toString(fresh.port()));
      }
    }
  }
}
