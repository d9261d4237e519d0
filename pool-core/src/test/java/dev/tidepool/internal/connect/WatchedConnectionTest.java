package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real drivers and servers on sockets that a selector can watch, plain and under TLS. */
@Timeout(120)
class WatchedConnectionTest {
  private WatchedConnections connections;

  @BeforeEach
  void start() throws IOException {
    connections = new WatchedConnections();
  }

  @AfterEach
  void stop() throws IOException {
    connections.close();
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

    private PhysicalConnection open(String mode) throws SQLException {
      return connections.open(server.url("sslmode=" + mode));
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "require"})
    void queries_largeValues_andInterrupts(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      connections.largeValue_bothWays(physical, "SELECT ?::bytea");
      connections.interruptedQuery_completes(physical, "SELECT pg_sleep(1)");
      connections.networkTimeout_endsAQuery(physical, "SELECT pg_sleep(60)");
      connections.close(physical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "require"})
    void cancelAndAbort_fromAnotherThread(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      Connection connection = physical.connection();
      try (Statement statement = connection.createStatement()) {
        FutureTask<Throwable> query =
            Background.run(() -> statement.execute("SELECT pg_sleep(60), 'cancelled'"));
        awaitActive("cancelled");
        statement.cancel();
        assertThat(query.get(10, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      }
      assertThat(Fixtures.ask(connection, "SELECT 2")).isEqualTo("2");
      FutureTask<Throwable> query =
          Background.run(
              () -> Fixtures.ask(connection, "SELECT pg_sleep(60), 'aborted " + mode + "'"));
      // Its backend sleeps on, as the driver cancels nothing: each run needs a mark of its own.
      awaitActive("aborted " + mode);
      connection.abort(Runnable::run);
      assertThat(query.get(10, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      assertThat(connection.isClosed()).isTrue();
      assertThat(physical.socket().hasNews()).isTrue();
    }

    private void awaitActive(String mark) {
      Await.until(
          mark + " is running",
          () ->
              ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                      + " AND query LIKE '%pg_sleep(60)%"
                      + mark
                      + "%' AND pid <> pg_backend_pid()")
                  .equals("1"));
    }

    private String ask(String sql) {
      try {
        return server.execute(sql);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "require"})
    void serverKill_isNoticedWhileIdle(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      CountDownLatch told = connections.news(physical);
      ask(
          "SELECT pg_terminate_backend("
              + Fixtures.ask(physical.connection(), "SELECT pg_backend_pid()")
              + ")");
      Await.open(told);
      Await.until("news", physical.socket()::hasNews);
      assertThatThrownBy(() -> Fixtures.ask(physical.connection(), "SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
      connections.close(physical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "require"})
    void notification_isNews_thatDoesNoHarm(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      try (Statement statement = physical.connection().createStatement()) {
        statement.execute("LISTEN harmless");
      }
      CountDownLatch told = connections.news(physical);
      ask("NOTIFY harmless");
      Await.open(told);
      assertThat(physical.socket().hasNews()).isTrue();
      assertThat(physical.connection().isValid(5)).isTrue();
      assertThat(physical.socket().hasNews()).isFalse();
      connections.close(physical);
    }

    @Test
    void tcpConnectLimit_reachesTheSocket() throws Exception {
      ConnectionSource source =
          ConnectionSources.create(Fixtures.url(server.url(), Session.DEFAULT, Tcp.DEFAULT));
      connections.close(source.open(new ConnectAttempt(5_000, System::nanoTime)));
      assertThatThrownBy(() -> new ConnectAttempt(-1, () -> 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class MariaDb {
    private MariaDbServer server;

    @BeforeAll
    void startServer(@TempDir Path dir) throws Exception {
      server = MariaDbServer.startTls(dir, "max-allowed-packet=64M");
    }

    @AfterAll
    void stopServer() {
      if (server != null) {
        server.close();
      }
    }

    private PhysicalConnection open(String mode) throws SQLException {
      return connections.open(server.url("maxAllowedPacket=67108864&sslMode=" + mode));
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "trust"})
    void queries_largeValues_andInterrupts(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      connections.largeValue_bothWays(physical, "SELECT CAST(? AS BINARY)");
      connections.interruptedQuery_completes(physical, "SELECT SLEEP(1)");
      connections.networkTimeout_endsAQuery(physical, "SELECT SLEEP(60)");
      connections.close(physical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "trust"})
    void cancel_fromAnotherThread(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      try (Statement statement = physical.connection().createStatement()) {
        FutureTask<Throwable> query =
            Background.run(() -> statement.execute("SELECT SLEEP(60), 'cancelled'"));
        Await.until(
            "query is running",
            () ->
                !ask("SELECT count(*) FROM information_schema.processlist"
                        + " WHERE info LIKE 'SELECT SLEEP(60)%cancelled%'")
                    .equals("0"));
        statement.cancel();
        Throwable outcome = query.get(10, TimeUnit.SECONDS);
        assertThat(outcome == null || outcome instanceof SQLException).isTrue();
      }
      assertThat(physical.connection().isValid(5)).isTrue();
      connections.close(physical);
    }

    private String ask(String sql) {
      try {
        return server.execute(sql);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "trust"})
    void serverKill_isNoticedWhileIdle(String mode) throws Exception {
      PhysicalConnection physical = open(mode);
      String id = Fixtures.ask(physical.connection(), "SELECT connection_id()");
      CountDownLatch told = connections.news(physical);
      ask("KILL " + id);
      Await.open(told);
      assertThat(physical.socket().hasNews()).isTrue();
      assertThat(physical.connection().isValid(5)).isFalse();
      connections.close(physical);
    }
  }
}
