package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.PoolSocketFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenerTest {
  private static final String URL = "jdbc:stub:x?password=s3cret";

  private static Opener opener(Session session, Stub.Connect connect) {
    return opener(Fixtures.url(URL, session, Tcp.DEFAULT), connect);
  }

  private static Opener opener(ConnectSettings settings, Stub.Connect connect) {
    return new Opener(
        settings,
        new DriverConnector(
            "p",
            Stub.driver(connect),
            URL,
            settings.target().properties(),
            Tcp.OFF,
            LoginLimits.NONE));
  }

  @Test
  void open_defaults_touchesNothingThatIsAlreadyRight() throws SQLException {
    Stub stub = new Stub();
    Stub first = new Stub();
    Queue<Connection> connections = new ArrayDeque<>(List.of(first.connection, stub.connection));
    Opener opener = opener(Session.DEFAULT, (url, properties) -> connections.remove());
    opener.open(new ConnectAttempt());
    PhysicalConnection physical = opener.open(new ConnectAttempt());

    // Some drivers refuse what they say they have.
    assertThat(first.calls.stream().filter(call -> call.startsWith("set")))
        .containsExactly(
            "setAutoCommit(false)",
            "setAutoCommit(true)",
            "setNetworkTimeout(5000)",
            "setNetworkTimeout(0)");
    assertThat(stub.calls).noneMatch(call -> call.startsWith("set"));
    assertThat(physical.connection()).isSameAs(stub.connection);
    assertThat(physical.defaults())
        .isEqualTo(new SessionDefaults(true, false, 2, null, null, 1, 0));
    assertThat(physical.cutOff()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void open_driverFailsAndForgetsItsSocket_closesIt(boolean error) {
    AtomicReference<Socket> forgotten = new AtomicReference<>();
    Opener opener =
        opener(
            Session.DEFAULT,
            (url, properties) -> {
              forgotten.set(socketOfThisAttempt());
              if (error) {
                throw new NoClassDefFoundError("late");
              }
              throw new SQLException("Unsupported value for a parameter", "22023");
            });

    assertThatThrownBy(() -> opener.open(new ConnectAttempt())).isNotNull();

    assertThat(forgotten.get()).isNotNull();
    assertThat(forgotten.get().isClosed()).isTrue();
  }

  private static Socket socketOfThisAttempt() {
    try {
      return new PoolSocketFactory().createSocket();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void open_configured_setsEachAttributeAndTurnsAutoCommitOffLast() throws SQLException {
    Stub stub = new Stub();
    Session session =
        new Session(
            false,
            true,
            8,
            "cat",
            "sch",
            Duration.ofSeconds(7),
            "init",
            null,
            null,
            false,
            Role.ANY);
    opener(session, (url, properties) -> stub.connection).open(new ConnectAttempt());

    assertThat(stub.calls.stream().filter(call -> call.matches("(set|exec).*")).toList())
        .containsExactly(
            "setAutoCommit(false)", // in which a request is tried out
            "setAutoCommit(true)",
            "setNetworkTimeout(7000)",
            "setTransactionIsolation(8)",
            "setCatalog(cat)",
            "setSchema(sch)",
            "setReadOnly(true)",
            "execute(init)",
            "setAutoCommit(false)");
  }

  @Test
  void open_driverReturnsNull_saysWhichDriverAndHidesThePassword() {
    assertThatThrownBy(
            () -> opener(Session.DEFAULT, (url, properties) -> null).open(new ConnectAttempt()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("p: driver ")
        .hasMessageContaining("returned no connection")
        .hasMessageContaining("password=***")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void open_asksForCredentialsEachTimeAndLetsThemWin() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    List<Properties> seen = new ArrayList<>();
    ConnectSettings settings =
        new ConnectSettings(
            "p",
            Target.url(URL, Map.of("user", "old", "a", "b")),
            () -> new Credentials("u" + asked.incrementAndGet(), null),
            Session.DEFAULT,
            Tcp.DEFAULT,
            false,
            false,
            Duration.ofSeconds(10));
    Opener opener =
        opener(
            settings,
            (url, properties) -> {
              seen.add(properties);
              return new Stub().connection;
            });
    opener.open(new ConnectAttempt());
    opener.open(new ConnectAttempt());

    assertThat(seen.get(0)).containsEntry("user", "u1").containsEntry("a", "b");
    assertThat(seen.get(1)).containsEntry("user", "u2").doesNotContainKey("password");
  }

  @Test
  void requestBoundaries_onlyIfTheDriversClassHasThem() throws SQLException {
    ConnectSettings h2 = Fixtures.url("jdbc:h2:mem:boundaries", Session.DEFAULT, Tcp.OFF);
    PhysicalConnection without = Fixtures.open(h2);
    assertThat(without.requestBoundaries()).isFalse();
    new Closer("p", connection -> {}).close(without);

    Opener opener = opener(Session.DEFAULT, (url, properties) -> new Stub().connection);
    assertThat(opener.open(new ConnectAttempt()).requestBoundaries())
        .as("a proxy has every method")
        .isTrue();
  }

  @Test
  void forget_hasTheNextConnectionAskTheServerAgain() throws SQLException {
    List<Stub> stubs = new ArrayList<>();
    Opener opener =
        opener(
            Session.DEFAULT,
            (url, properties) -> {
              stubs.add(postgresWithIdleLimit(Duration.ofSeconds(5 + stubs.size())));
              return stubs.get(stubs.size() - 1).connection;
            });
    opener.open(new ConnectAttempt());
    opener.open(new ConnectAttempt());
    assertThat(opener.idleLimit()).isEqualTo(Duration.ofSeconds(5));
    opener.forget();
    opener.open(new ConnectAttempt());
    assertThat(opener.idleLimit()).isEqualTo(Duration.ofSeconds(7));
    opener.open(new ConnectAttempt());
    assertThat(stubs)
        .extracting(stub -> stub.calls.stream().filter(c -> c.contains("idle_session")).count())
        .containsExactly(1L, 0L, 1L, 0L);
  }

  private static Stub postgresWithIdleLimit(Duration limit) {
    Stub stub = new Stub();
    return stub.on("getMetaData", arguments -> stub.proxy(DatabaseMetaData.class))
        .on("getDatabaseProductName", arguments -> "PostgreSQL")
        .on("executeQuery", arguments -> stub.proxy(ResultSet.class))
        .on("next", arguments -> true)
        .on("getLong", arguments -> limit.toMillis());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getAutoCommit",
        "isReadOnly",
        "getTransactionIsolation",
        "getCatalog",
        "getSchema",
        "getHoldability",
        "getNetworkTimeout",
        "setNetworkTimeout",
        "clearWarnings",
        "createStatement"
      })
  void open_anyCallFails_closesTheConnection(String method) {
    for (Throwable failure :
        new Throwable[] {
          new SQLException("broken", "08006"), new IllegalStateException(), new StackOverflowError()
        }) {
      Stub stub =
          new Stub()
              .on(
                  method,
                  arguments -> {
                    throw failure;
                  });
      Opener opener = opener(Fixtures.session(true, "init"), (url, properties) -> stub.connection);
      assertThatThrownBy(() -> opener.open(new ConnectAttempt())).isSameAs(failure);
      assertThat(stub.isClosed()).as(method + " " + failure).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getTransactionIsolation",
        "getCatalog",
        "getSchema",
        "getHoldability",
        "getNetworkTimeout",
        "setNetworkTimeout"
      })
  void open_optionalGetterUnsupported_isTolerated(String method) throws SQLException {
    for (Throwable refusal :
        new Throwable[] {
          new SQLFeatureNotSupportedException(),
          new AbstractMethodError(),
          new UnsupportedOperationException(),
          new SQLException("no", "HYC00")
        }) {
      Stub stub =
          new Stub()
              .on(
                  method,
                  arguments -> {
                    throw refusal;
                  });
      SessionDefaults defaults =
          opener(Session.DEFAULT, (url, properties) -> stub.connection)
              .open(new ConnectAttempt())
              .defaults();
      assertThat(stub.isClosed()).isFalse();
      if (method.endsWith("NetworkTimeout")) {
        assertThat(defaults.networkTimeoutMillis()).isEqualTo(SessionDefaults.UNKNOWN);
      }
    }
  }

  @Test
  void open_networkTimeoutAskedForButUnsupported_fails() {
    Stub stub =
        new Stub()
            .on(
                "setNetworkTimeout",
                arguments -> {
                  throw new SQLFeatureNotSupportedException();
                });
    Session session =
        new Session(
            true,
            false,
            null,
            null,
            null,
            Duration.ofSeconds(1),
            null,
            null,
            null,
            false,
            Role.ANY);
    Opener opener = opener(session, (url, properties) -> stub.connection);
    assertThatThrownBy(() -> opener.open(new ConnectAttempt()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("networkTimeout=PT1S is not supported by the driver");
    assertThat(stub.isClosed()).isTrue();
  }

  @Test
  void open_driverThatLogsInWithAutoCommitOff_isPreparedUnderAutoCommit() throws SQLException {
    Stub stub = new Stub();
    stub.physical(false, 0);
    opener(Fixtures.session(false, "init"), (url, properties) -> stub.connection)
        .open(new ConnectAttempt());
    assertThat(stub.calls)
        .containsSubsequence("setAutoCommit(true)", "execute(init)", "setAutoCommit(false)")
        .doesNotContain("commit()");
  }

  @Test
  void open_initSqlThatTurnsAutoCommitOff_isCommitted() throws SQLException {
    Stub stub = new Stub();
    stub.on(
        "execute",
        arguments -> {
          stub.connection.setAutoCommit(false);
          return false;
        });
    opener(Fixtures.session(true, "init"), (url, properties) -> stub.connection)
        .open(new ConnectAttempt());
    assertThat(stub.calls)
        .containsSubsequence("setAutoCommit(false)", "commit()", "setAutoCommit(true)");
  }

  @Test
  void open_wrongRole_failsAndCloses() {
    Stub stub = new Stub().on("isReadOnly", arguments -> true);
    stub.on("getMetaData", arguments -> stub.proxy(java.sql.DatabaseMetaData.class));
    Opener opener = opener(Fixtures.requiring(Role.PRIMARY), (url, properties) -> stub.connection);
    assertThatThrownBy(() -> opener.open(new ConnectAttempt()))
        .isInstanceOf(WrongRoleException.class)
        .hasMessageContaining("requiredRole=primary, but the server is a standby or read-only");
    assertThat(stub.isClosed()).isTrue();
  }

  @Test
  void open_afterCutOff_doesNotCallTheDriver() {
    ConnectAttempt attempt = new ConnectAttempt();
    assertThat(attempt.cutOff()).isTrue();
    Opener opener =
        opener(
            Session.DEFAULT,
            (url, properties) -> {
              throw new AssertionError("called");
            });
    assertThatThrownBy(() -> opener.open(attempt))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("connect was given up");
  }

  @Test
  void open_cutOffWhileTheDriverConnects_closesTheLateConnection() throws Exception {
    Stub stub = new Stub();
    ConnectAttempt attempt = new ConnectAttempt();
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    Opener opener =
        opener(
            Session.DEFAULT,
            (url, properties) -> {
              called.countDown();
              await(proceed);
              return stub.connection;
            });
    CompletableFuture<PhysicalConnection> result =
        CompletableFuture.supplyAsync(() -> unchecked(opener, attempt));
    await(called);
    assertThat(attempt.cutOff()).isTrue();
    proceed.countDown();

    assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .rootCause()
        .hasMessageContaining("connect was given up");
    assertThat(stub.isClosed()).isTrue();
  }

  @Test
  void cutOff_afterSuccess_leavesTheConnectionToTheCaller() throws SQLException {
    Stub stub = new Stub();
    ConnectAttempt attempt = new ConnectAttempt();
    opener(Session.DEFAULT, (url, properties) -> stub.connection).open(attempt);
    assertThat(attempt.cutOff()).isFalse();
    assertThat(attempt.isCutOff()).isFalse();
    assertThat(new Closer("p", connection -> {}).cutOff(attempt)).isFalse();
    assertThat(stub.isClosed()).isFalse();
  }

  @Test
  void closerCutOff_whileTheSessionIsPrepared_abortsTheConnection() throws Exception {
    CountDownLatch preparing = new CountDownLatch(1);
    CountDownLatch aborted = new CountDownLatch(1);
    Stub stub = new Stub();
    stub.on(
        "execute",
        arguments -> {
          preparing.countDown();
          await(aborted);
          throw new SQLException("aborted", "08006");
        });
    stub.on(
        "abort",
        arguments -> {
          aborted.countDown();
          return null;
        });
    ConnectAttempt attempt = new ConnectAttempt();
    Opener opener = opener(Fixtures.session(true, "init"), (url, properties) -> stub.connection);
    CompletableFuture<PhysicalConnection> result =
        CompletableFuture.supplyAsync(() -> unchecked(opener, attempt));
    await(preparing);

    assertThat(new Closer("p", connection -> {}).cutOff(attempt)).isTrue();
    assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS)).rootCause().hasMessage("aborted");
    assertThat(stub.isClosed()).isTrue();
  }

  @Test
  void open_secondTimeWithOneAttempt_isAMistake() throws SQLException {
    ConnectAttempt attempt = new ConnectAttempt();
    Opener opener = opener(Session.DEFAULT, (url, properties) -> new Stub().connection);
    opener.open(attempt);
    assertThatThrownBy(() -> opener.open(attempt)).isInstanceOf(IllegalStateException.class);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static PhysicalConnection unchecked(ConnectionSource source, ConnectAttempt attempt) {
    try {
      return source.open(attempt);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
