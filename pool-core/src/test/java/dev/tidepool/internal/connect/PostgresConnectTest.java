package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tidepool.api.FailureClassifier.Verdict;
import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.testing.DatabaseServer;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.PostgresServer;
import dev.tidepool.testing.TestDatabase;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.SharedTimer;

// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresConnectTest {
  private static final KeepAlive TIMES = new KeepAlive(45, 10, 3);
  private static final String FROM_SOCKET =
      "on, idle 45 s, interval 10 s, count 3 (read from the socket)";
  private static final DatabaseServer postgres = TestDatabase.POSTGRES;

  private final Closer closer = new Closer("p", connection -> {});

  /** For whom a socket is looked up by the port that the server sees: with nothing in between. */
  private static String localUrl() throws Exception {
    return PostgresServer.shared().url();
  }

  private static PhysicalConnection open(String url) throws SQLException {
    return Fixtures.open(Fixtures.url(url, Session.DEFAULT, Tcp.DEFAULT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void open_setsKeepaliveOnTheLiveSocket(boolean watchable) throws Exception {
    ConnectSettings settings = Fixtures.url(localUrl(), Session.DEFAULT, new Tcp(TIMES, watchable));
    PhysicalConnection physical = Fixtures.open(settings);

    assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
    assertThat(physical.socket() != null).isEqualTo(watchable);
    String port = Fixtures.ask(physical.connection(), "SELECT inet_client_port()");
    assertThat(Background.socketState(port)).contains("timer:(keepalive,");
    closer.close(physical);
    assertThat(physical.connection().isClosed()).isTrue();
  }

  @Test
  void open_keepaliveOff_isWatchedAllTheSame() throws Exception {
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(localUrl(), Session.DEFAULT, new Tcp(null, true)));
    assertThat(physical.tcpKeepAlive()).isEqualTo("off (read from the socket)");
    assertThat(physical.socket()).isNotNull();
    assertThat(physical.cutOff()).isNotNull();
    closer.close(physical);
  }

  @Test
  void open_keepaliveAndWatchOff_leaveTheSocketToTheDriver() throws Exception {
    PhysicalConnection physical = Fixtures.open(Fixtures.url(localUrl(), Session.DEFAULT, Tcp.OFF));
    assertThat(physical.tcpKeepAlive()).isEqualTo("left to the driver");
    assertThat(physical.cutOff()).isNull();
    String port = Fixtures.ask(physical.connection(), "SELECT inet_client_port()");
    assertThat(Background.socketState(port)).contains(port).doesNotContain("keepalive");
    closer.close(physical);
  }

  @Test
  void open_userTurnedKeepaliveOffInTheUrl_isHeardAndReported() throws Exception {
    PhysicalConnection physical = open(postgres.url("tcpKeepAlive=false"));
    assertThat(physical.tcpKeepAlive()).isEqualTo("off (read from the socket)");
    assertThat(physical.cutOff()).isNotNull();
    closer.close(physical);
  }

  @Test
  void status_tellsWhatSqlHasDone() throws Exception {
    PhysicalConnection physical = open(postgres.url());
    ServerStatus status = Objects.requireNonNull(physical.status());
    try (Statement statement = physical.connection().createStatement()) {
      assertThat(status.inTransaction()).isFalse();
      statement.execute("begin");
      assertThat(status.inTransaction()).isTrue();
      assertThatThrownBy(() -> statement.execute("no sql")).isInstanceOf(SQLException.class);
      assertThat(status.inTransaction()).as("a failed one is open, too").isTrue();
      statement.execute("rollback");
      assertThat(status.inTransaction()).isFalse();
      assertThat(status.mayLoseStep()).isFalse();
    }
    closer.close(physical);
  }

  /** A factory of the user's. */
  public static final class UsersFactory extends DelegatingFactory {
    static final AtomicInteger USED = new AtomicInteger();

    @Override
    public java.net.Socket createSocket() throws java.io.IOException {
      USED.incrementAndGet();
      return SocketFactory.getDefault().createSocket();
    }
  }

  @Test
  void open_usersSocketFactory_wins() throws Exception {
    Target target =
        Target.url(postgres.url(), Map.of("socketFactory", UsersFactory.class.getName()));
    int before = UsersFactory.USED.get();
    PhysicalConnection physical =
        Fixtures.open(Fixtures.settings(target, Session.DEFAULT, Tcp.DEFAULT));
    assertThat(UsersFactory.USED.get()).isGreaterThan(before);
    assertThat(physical.tcpKeepAlive())
        .isEqualTo("left to the user's socketFactory=" + UsersFactory.class.getName());
    assertThat(physical.cutOff()).isNull();
    closer.close(physical);
  }

  @Test
  void open_dataSourceClass_getsKeepaliveAndCanBeCutOff() throws Exception {
    Target target =
        new Target(
            null,
            null,
            null,
            "org.postgresql.ds.PGSimpleDataSource",
            null,
            Map.of("url", postgres.url()));
    PhysicalConnection physical =
        Fixtures.open(Fixtures.settings(target, Session.DEFAULT, Tcp.DEFAULT));
    assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
    assertThat(physical.cutOff()).isNotNull();
    closer.close(physical);
  }

  /** The platform's loader would find the pool's module. */
  private static final class WithoutThePool extends ClassLoader {
    WithoutThePool() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("dev.tidepool.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void open_driverThatCannotSeeThePool_triesTheThreadsLoaderThenDoesWithout(boolean threadSees)
      throws Exception {
    URL jar = org.postgresql.Driver.class.getProtectionDomain().getCodeSource().getLocation();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader apart = new URLClassLoader(new URL[] {jar}, new WithoutThePool())) {
      Driver driver =
          (Driver) apart.loadClass("org.postgresql.Driver").getConstructor().newInstance();
      thread.setContextClassLoader(threadSees ? before : apart);
      ConnectSettings settings = Fixtures.url(localUrl(), Session.DEFAULT, Tcp.DEFAULT);
      Opener opener =
          new Opener(
              settings,
              new DriverConnector(
                  "p", driver, localUrl(), Map.of(), Tcp.DEFAULT, LoginLimits.NONE));
      for (int i = 0; i < 2; i++) {
        PhysicalConnection physical = opener.open(new ConnectAttempt());
        assertThat(physical.tcpKeepAlive())
            .isEqualTo(threadSees ? FROM_SOCKET : "set by the driver, times of the system");
        String port = Fixtures.ask(physical.connection(), "SELECT inet_client_port()");
        assertThat(Background.socketState(port)).contains("timer:(keepalive,");
        closer.close(physical);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"'', false", "'', true", "&loginTimeout=60, false", "&sslmode=disable, true"})
  void cutOff_ofAHangingLogin_freesIt(String parameters, boolean watchable) throws Exception {
    try (Background.Mute mute = new Background.Mute()) {
      String url = "jdbc:postgresql://127.0.0.1:" + mute.port() + "/x?user=u" + parameters;
      ConnectionSource source =
          ConnectionSources.create(Fixtures.url(url, Session.DEFAULT, new Tcp(TIMES, watchable)));
      ConnectAttempt attempt = new ConnectAttempt();
      FutureTask<Throwable> login = Background.run(() -> source.open(attempt));
      mute.awaitConnection();

      assertThat(attempt.cutOff()).isTrue();
      assertThat(login.get(10, TimeUnit.SECONDS))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("p: connect was given up");
    }
  }

  @Test
  void cutOff_ofAHangingLoginByDataSource_freesIt() throws Exception {
    try (Background.Mute mute = new Background.Mute()) {
      Target target =
          new Target(
              null,
              null,
              null,
              "org.postgresql.ds.PGSimpleDataSource",
              null,
              Map.of("url", "jdbc:postgresql://127.0.0.1:" + mute.port() + "/x?user=u"));
      ConnectionSource source =
          ConnectionSources.create(Fixtures.settings(target, Session.DEFAULT, Tcp.DEFAULT));
      ConnectAttempt attempt = new ConnectAttempt();
      FutureTask<Throwable> login = Background.run(() -> source.open(attempt));
      mute.awaitConnection();
      attempt.cutOff();
      assertThat(login.get(10, TimeUnit.SECONDS)).hasMessageContaining("given up");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutOff_freesTheReaderOfARunningQuery_underTlsToo(boolean watchable, @TempDir Path dir)
      throws Exception {
    try (PostgresServer server = PostgresServer.startTls(dir)) {
      for (String mode : new String[] {"disable", "require"}) {
        PhysicalConnection physical =
            Fixtures.open(
                Fixtures.url(
                    server.url("sslmode=" + mode), Session.DEFAULT, new Tcp(TIMES, watchable)));
        assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
        assertThat(
                Fixtures.ask(
                    physical.connection(),
                    "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
            .isEqualTo(mode.equals("require") ? "t" : "f");
        FutureTask<Throwable> query =
            Background.run(() -> Fixtures.ask(physical.connection(), "SELECT pg_sleep(600)"));
        await(
            server,
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)'"
                + " AND state = 'active'",
            "1");
        closer.cutOff(physical);
        Throwable error = query.get(10, TimeUnit.SECONDS);
        assertThat(error).isInstanceOf(SQLException.class);
        assertThat(new DefaultFailureClassifier().classify((SQLException) error))
            .isEqualTo(Verdict.RETIRE);
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%sleep(600)'"
                + " AND pid <> pg_backend_pid()");
        await(
            server,
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT%sleep(600)'"
                + " AND pid <> pg_backend_pid()",
            "0");
      }
    }
  }

  /** Its thread ends with the last connection that held it, or with a collection some day. */
  @Test
  void cutOff_letsGoOfTheTimerThatTheDriverShares() throws Exception {
    SharedTimer timer = org.postgresql.Driver.getSharedTimer();
    int before = timer.getRefCount(); // others may let go of theirs meanwhile
    PhysicalConnection physical = open(postgres.url());
    try (Statement statement = physical.connection().createStatement()) {
      statement.setQueryTimeout(60);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
    assertThat(timer.getRefCount()).isPositive();
    closer.cutOff(physical);
    assertThat(timer.getRefCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void cancelRequest_usesTheFactoryAfterTheAttempt() throws Exception {
    PhysicalConnection physical = open(postgres.url());
    try (Statement statement = physical.connection().createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(600)"))
          .isInstanceOfSatisfying(
              SQLException.class,
              error -> {
                assertThat(error.getSQLState()).isEqualTo("57014");
                assertThat(new DefaultFailureClassifier().classify(error)).isEqualTo(Verdict.KEEP);
              });
    }
    assertThat(new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1))).isTrue();
    closer.close(physical);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interruptedCaller_keepsTheConnection(boolean watchable) throws Exception {
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(postgres.url(), Session.DEFAULT, new Tcp(TIMES, watchable)));
    Throwable outcome =
        Background.run(
                () -> {
                  Thread.currentThread().interrupt();
                  assertThat(Fixtures.ask(physical.connection(), "SELECT 1")).isEqualTo("1");
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                  return null;
                })
            .get(10, TimeUnit.SECONDS);
    assertThat(outcome).isNull();
    closer.close(physical);
  }

  @Test
  void open_manualCommit_leavesNoTransactionOpenAndKeepsTheInitSql() throws Exception {
    PhysicalConnection physical =
        Fixtures.open(
            Fixtures.url(
                postgres.url("ApplicationName=manual"),
                Fixtures.session(false, "SET search_path = pg_catalog"),
                Tcp.DEFAULT));
    assertThat(physical.defaults().autoCommit()).isFalse();
    assertThat(physical.defaults().schema()).isEqualTo("pg_catalog");
    String state = "SELECT state FROM pg_stat_activity WHERE application_name = 'manual'";
    assertThat(postgres.execute(state)).isEqualTo("idle");

    Checks checks = new Checks("p", Fixtures.session(false, null));
    assertThat(checks.isAlive(physical, Duration.ofSeconds(1), "SELECT 1")).isTrue();
    assertThat(postgres.execute(state)).isEqualTo("idle");
    assertThat(checks.isAlive(physical, Duration.ofSeconds(1), null)).isTrue();
    assertThat(postgres.execute(state)).isEqualTo("idle");
    assertThat(physical.connection().getNetworkTimeout()).isZero();
    physical.connection().rollback();
    assertThat(Fixtures.ask(physical.connection(), "SHOW search_path")).isEqualTo("pg_catalog");
    closer.close(physical);
  }

  /** They are read together, not one by one from the driver. */
  @ParameterizedTest
  @ValueSource(strings = {"read uncommitted", "read committed", "repeatable read", "serializable"})
  void defaults_areWhatTheDriverAnswers(String isolation) throws Exception {
    String sql = "SET default_transaction_isolation = '" + isolation + "'; SET search_path = a, b";
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(postgres.url(), Fixtures.session(true, sql), Tcp.DEFAULT));
    Connection connection = physical.connection();
    SessionDefaults found = physical.defaults();
    assertThat(found.transactionIsolation()).isEqualTo(connection.getTransactionIsolation());
    assertThat(found.catalog()).isEqualTo(connection.getCatalog()).isNotNull();
    assertThat(found.schema()).isEqualTo(connection.getSchema());
    assertThat(found.postgres().searchPath()).isEqualTo("a, b");
    closer.close(physical);
  }

  /**
   * Under auto-commit nothing would ever end it: what borrowers write was lost without an error.
   */
  @Test
  void open_initSqlLeavesATransaction_isRefused() throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      ConnectSettings settings =
          Fixtures.url(
              postgres.url(), Fixtures.session(autoCommit, "START TRANSACTION"), Tcp.DEFAULT);
      assertThatThrownBy(() -> Fixtures.open(settings))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("connectionInitSql leaves a transaction open");
    }
  }

  /** The server takes it without a word, and finds no table. */
  @Test
  void open_schemaThatDoesNotExist_isWarnedOf() throws Exception {
    assertThat(warnings("no_such_schema"))
        .singleElement(STRING)
        .contains("schema=no_such_schema has no effect", "; none is in force");
    assertThat(warnings("pg_catalog")).isEmpty();
    assertThat(warnings("$user")).as("stands for another").isEmpty();
  }

  private static List<String> warnings(String schema) throws SQLException {
    Session session =
        new Session(
            true, false, null, null, schema, Duration.ZERO, null, null, null, false, Role.ANY);
    try (LogCapture log = new LogCapture(SessionPreparation.class)) {
      Fixtures.open(Fixtures.url(postgres.url(), session, Tcp.DEFAULT)).connection().close();
      return log.lines().stream().filter(line -> line.contains(" WARN ")).toList();
    }
  }

  @Test
  void open_initSqlFails_leavesNoSession() throws Exception {
    ConnectSettings settings =
        Fixtures.url(
            postgres.url("ApplicationName=failing"),
            Fixtures.session(true, "SELECT no_such_column"),
            Tcp.DEFAULT);
    assertThatThrownBy(() -> Fixtures.open(settings)).isInstanceOf(SQLException.class);
    await(
        postgres, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'failing'", "0");
  }

  @Test
  void terminatedSession_isDeadAndItsErrorRetires() throws Exception {
    PhysicalConnection physical = open(postgres.url());
    postgres.execute(
        "SELECT pg_terminate_backend("
            + Fixtures.ask(physical.connection(), "SELECT pg_backend_pid()")
            + ")");
    assertThatThrownBy(() -> Fixtures.ask(physical.connection(), "SELECT 1"))
        .isInstanceOfSatisfying(
            SQLException.class,
            error -> {
              assertThat(error.getSQLState()).isEqualTo("57P01");
              assertThat(new DefaultFailureClassifier().classify(error)).isEqualTo(Verdict.RETIRE);
            });
    assertThatThrownBy(
            () -> new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1)))
        .isInstanceOf(SQLException.class);
    closer.close(physical);
  }

  @Test
  void sessionEndedByTheServersIdleTimeout_isDead(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir, "idle_session_timeout=300ms")) {
      PhysicalConnection first = open(server.url("ApplicationName=idle"));
      PhysicalConnection second = open(server.url("ApplicationName=idle"));
      await(server, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idle'", "0");

      assertThat(new Checks("p", Session.DEFAULT).isAlive(first, Duration.ofSeconds(1))).isFalse();
      assertThatThrownBy(() -> Fixtures.ask(second.connection(), "SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class,
              error -> {
                assertThat(error.getSQLState()).isEqualTo("57P05");
                assertThat(new DefaultFailureClassifier().classify(error))
                    .isEqualTo(Verdict.RETIRE);
              });
      closer.close(first);
      closer.close(second);
    }
  }

  @Test
  void requiredRole_followsTheServer(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir)) {
      PhysicalConnection writer = open(server.url(), Role.PRIMARY, false);
      Checks wantsPrimary = new Checks("p", Fixtures.requiring(Role.PRIMARY));
      assertThat(wantsPrimary.ping(writer, Duration.ofSeconds(1), null))
          .isEqualTo(Checks.Verdict.ALIVE);
      assertThatThrownBy(() -> open(server.url(), Role.STANDBY, false))
          .isInstanceOf(WrongRoleException.class)
          .hasMessageContaining("the server is not a standby");

      server.execute("ALTER SYSTEM SET default_transaction_read_only = on");
      server.execute("SELECT pg_reload_conf()");
      await(server, "SHOW default_transaction_read_only", "on");
      assertThatThrownBy(() -> open(server.url(), Role.PRIMARY, false))
          .isInstanceOf(WrongRoleException.class);
      closer.close(open(server.url(), Role.PRIMARY, true));
      closer.close(writer);

      server.stop();
      Files.createFile(dir.resolve("data/standby.signal"));
      server.start();
      PhysicalConnection reader = open(server.url(), Role.STANDBY, true);
      assertThat(wantsPrimary.ping(reader, Duration.ofSeconds(1), null))
          .isEqualTo(Checks.Verdict.WRONG_ROLE);
      closer.close(reader);
    }
  }

  @Test
  void requiredPrimary_ofAReadOnlySession_isStillAPrimary() throws Exception {
    PhysicalConnection physical = open(postgres.url("readOnlyMode=always"), Role.PRIMARY, false);
    physical.connection().setReadOnly(true);
    assertThat(
            new Checks("p", Fixtures.requiring(Role.PRIMARY))
                .ping(physical, Duration.ofSeconds(1), null))
        .isEqualTo(Checks.Verdict.ALIVE);
    closer.close(physical);
  }

  private static PhysicalConnection open(String url, Role role, boolean readOnly)
      throws SQLException {
    Session session =
        new Session(true, readOnly, null, null, null, Duration.ZERO, null, null, null, false, role);
    return Fixtures.open(Fixtures.url(url, session, Tcp.DEFAULT));
  }

  /** Asks until the answer is right; the server itself does the waiting in between. */
  private static void await(DatabaseServer server, String sql, String wanted) throws SQLException {
    String answer = null;
    for (int i = 0; i < 400 && !wanted.equals(answer); i++) {
      try (Connection connection = java.sql.DriverManager.getConnection(server.url())) {
        Fixtures.ask(connection, "SELECT pg_sleep(0.025)");
        answer = Fixtures.ask(connection, sql);
      }
    }
    assertThat(answer).as(sql).isEqualTo(wanted);
  }
}
