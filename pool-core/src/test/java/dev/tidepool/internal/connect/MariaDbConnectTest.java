package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.FailureClassifier.Verdict;
import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.testing.DatabaseServer;
import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both drivers that speak to this server: MariaDB's and MySQL's. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MariaDbConnectTest {
  private static final KeepAlive TIMES = new KeepAlive(45, 10, 3);
  private static final String FROM_SOCKET =
      "on, idle 45 s, interval 10 s, count 3 (read from the socket)";
  private static final DatabaseServer mariadb = TestDatabase.MARIADB;

  private final Closer closer = new Closer("p", connection -> {});

  private static PhysicalConnection open(String url) throws SQLException {
    return Fixtures.open(Fixtures.url(url, Session.DEFAULT, Tcp.DEFAULT));
  }

  /** As the server sees it, which is no use where something stands in between. */
  private static String localPort(PhysicalConnection physical) throws SQLException {
    String host =
        Fixtures.ask(
            physical.connection(),
            "SELECT host FROM information_schema.processlist WHERE id = connection_id()");
    return host.substring(host.lastIndexOf(':') + 1);
  }

  /**
   * Under auto-commit nothing would ever end it: what borrowers write was lost without an error.
   */
  @Test
  void open_initSqlLeavesATransaction_isRefused() throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      ConnectSettings settings =
          Fixtures.url(
              MariaDbServer.shared().url(),
              Fixtures.session(autoCommit, "START TRANSACTION"),
              Tcp.DEFAULT);
      assertThatThrownBy(() -> Fixtures.open(settings))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("connectionInitSql leaves a transaction open");
    }
  }

  /** Keepalive is on even so, with the times of the system: that is this driver's default. */
  @Test
  void open_keepaliveOff_isWatchedAllTheSame() throws Exception {
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(mariadb.url(), Session.DEFAULT, new Tcp(null, true)));
    assertThat(physical.tcpKeepAlive()).startsWith("on, ").doesNotContain("idle 45 s");
    assertThat(physical.socket()).isNotNull();
    closer.close(physical);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void open_setsKeepaliveOnTheLiveSocket(boolean watchable) throws Exception {
    PhysicalConnection physical =
        Fixtures.open(
            Fixtures.url(MariaDbServer.shared().url(), Session.DEFAULT, new Tcp(TIMES, watchable)));
    assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
    assertThat(physical.socket() != null).isEqualTo(watchable);
    assertThat(Background.socketState(localPort(physical))).contains("timer:(keepalive,");
    assertThat(new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1))).isTrue();
    assertThat(physical.connection().getNetworkTimeout()).isZero();
    closer.close(physical);
  }

  @Test
  void open_usersOwnTimes_win() throws Exception {
    PhysicalConnection physical = open(mariadb.url("tcpKeepIdle=7"));
    assertThat(physical.tcpKeepAlive())
        .isEqualTo("on, idle 7 s, interval 10 s, count 3 (read from the socket)");
    closer.close(physical);
  }

  @Test
  void open_byMysqlDriver_setsTheTimesAfterwards() throws Exception {
    PhysicalConnection physical = open(MariaDbServer.shared().mysqlUrl("sslMode=DISABLED"));
    assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
    assertThat(physical.cutOff()).isNotNull();
    assertThat(Background.socketState(localPort(physical))).contains("timer:(keepalive,");
    assertThat(new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1))).isTrue();
    assertThat(physical.connection().getNetworkTimeout()).isZero();
    closer.close(physical);
  }

  @Test
  void open_byMysqlDriver_keepaliveTurnedOffByTheUser_staysOff() throws Exception {
    PhysicalConnection physical = open(mariadb.mysqlUrl("sslMode=DISABLED&tcpKeepAlive=false"));
    assertThat(physical.tcpKeepAlive()).isEqualTo("off (read from the socket)");
    closer.close(physical);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void status_tellsWhatSqlHasDone(boolean mysqlDriver) throws Exception {
    PhysicalConnection physical =
        open(mysqlDriver ? mariadb.mysqlUrl("sslMode=DISABLED") : mariadb.url());
    ServerStatus status = Objects.requireNonNull(physical.status());
    try (Statement statement = physical.connection().createStatement()) {
      assertThat(status.inTransaction()).isFalse();
      assertThat(status.autoCommit()).isTrue();
      statement.execute("start transaction");
      assertThat(status.inTransaction()).isTrue();
      statement.execute("rollback");
      assertThat(status.inTransaction()).isFalse();
      statement.execute("set autocommit = 0");
      assertThat(status.autoCommit()).isFalse();
      physical.connection().setAutoCommit(true);
      assertThat(status.autoCommit()).as("the driver does not think it is on already").isTrue();
      assertThat(status.mayLoseStep()).isEqualTo(!mysqlDriver);
      assertThat(status.isOfSeveralSessions()).isFalse();
      assertThat(status.hasLeftResults()).isFalse();
      statement.execute("create or replace procedure one() select 1");
      statement.setFetchSize(1);
      statement.executeQuery("call one()").close();
      assertThat(status.hasLeftResults()).isEqualTo(!mysqlDriver);
    }
    closer.close(physical);
  }

  @Test
  void status_ofMysqlDriverThatFetchesByCursor_mayLoseStep() throws Exception {
    PhysicalConnection physical = open(mariadb.mysqlUrl("sslMode=DISABLED&useCursorFetch=true"));
    assertThat(Objects.requireNonNull(physical.status()).mayLoseStep()).isTrue();
    closer.close(physical);
  }

  @Test
  void open_byMysqlDataSource_setsTheTimesAfterwards() throws Exception {
    Target target =
        new Target(
            null,
            null,
            null,
            "com.mysql.cj.jdbc.MysqlDataSource",
            null,
            Map.of("url", mariadb.mysqlUrl("sslMode=DISABLED")));
    PhysicalConnection physical =
        Fixtures.open(Fixtures.settings(target, Session.DEFAULT, Tcp.DEFAULT));
    assertThat(physical.tcpKeepAlive()).isEqualTo(FROM_SOCKET);
    closer.close(physical);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutOff_freesTheReaderOfARunningQuery_underTlsToo(boolean watchable, @TempDir Path dir)
      throws Exception {
    try (MariaDbServer server = MariaDbServer.startTls(dir)) {
      for (String url :
          new String[] {
            server.url("sslMode=disable"),
            server.url("sslMode=trust"),
            server.mysqlUrl("sslMode=DISABLED"),
            server.mysqlUrl("sslMode=REQUIRED")
          }) {
        cutOffARunningQuery(server, url, watchable);
      }
    }
  }

  private void cutOffARunningQuery(MariaDbServer server, String url, boolean watchable)
      throws Exception {
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(url, Session.DEFAULT, new Tcp(TIMES, watchable)));
    assertThat(physical.tcpKeepAlive()).as(url).isEqualTo(FROM_SOCKET);
    boolean tls = url.matches(".*(trust|REQUIRED).*");
    try (Statement statement = physical.connection().createStatement();
        java.sql.ResultSet row = statement.executeQuery("SHOW STATUS LIKE 'Ssl_cipher'")) {
      assertThat(row.next()).isTrue();
      assertThat(!row.getString(2).isEmpty()).as(url).isEqualTo(tls);
    }
    String id = Fixtures.ask(physical.connection(), "SELECT connection_id()");
    FutureTask<Throwable> query =
        Background.run(() -> Fixtures.ask(physical.connection(), "SELECT SLEEP(600)"));
    await(
        server,
        "SELECT count(*) FROM information_schema.processlist WHERE id = "
            + id
            + " AND info LIKE '%SLEEP(600)%'",
        "1");

    FutureTask<Throwable> cut =
        Background.run(
            () -> {
              closer.cutOff(physical);
              return null;
            });
    assertThat(query.get(10, TimeUnit.SECONDS)).as(url).isInstanceOf(SQLException.class);
    assertThat(cut.get(10, TimeUnit.SECONDS)).as(url).isNull();
    assertThat(new DefaultFailureClassifier().classify((SQLException) query.get()))
        .as(url)
        .isEqualTo(Verdict.RETIRE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutOff_ofAHangingLogin_freesIt(boolean watchable) throws Exception {
    try (Background.Mute mute = new Background.Mute()) {
      ConnectionSource source =
          ConnectionSources.create(
              Fixtures.url(
                  "jdbc:mariadb://127.0.0.1:" + mute.port() + "/x?user=u",
                  Session.DEFAULT,
                  new Tcp(TIMES, watchable)));
      ConnectAttempt attempt = new ConnectAttempt();
      FutureTask<Throwable> login = Background.run(() -> source.open(attempt));
      mute.awaitConnection();

      assertThat(attempt.cutOff()).isTrue();
      assertThat(login.get(10, TimeUnit.SECONDS))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("p: connect was given up");
    }
  }

  /** Its socket is out of reach until the login is over. */
  @Test
  void hangingLogin_byMysqlDriver_endsByItself() throws Exception {
    try (Background.Mute mute = new Background.Mute()) {
      String url = "jdbc:mysql://127.0.0.1:" + mute.port() + "/x?user=u";
      for (Target target : mysqlTargets(url)) {
        ConnectionSource source = ConnectionSources.create(within(target, Duration.ofMillis(500)));
        FutureTask<Throwable> login = Background.run(() -> source.open(new ConnectAttempt()));
        assertThat(login.get(20, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      }
    }
  }

  @Test
  void afterTheLogin_byMysqlDriver_aQueryMayTakeLonger() throws Exception {
    for (Target target : mysqlTargets(mariadb.mysqlUrl("sslMode=DISABLED"))) {
      PhysicalConnection physical = Fixtures.open(within(target, Duration.ofSeconds(1)));
      assertThat(physical.connection().getNetworkTimeout()).isZero();
      assertThat(physical.defaults().networkTimeoutMillis()).isZero();
      assertThat(Fixtures.ask(physical.connection(), "SELECT SLEEP(1.5)")).isEqualTo("0");
      closer.close(physical);
    }
  }

  private static List<Target> mysqlTargets(String url) {
    String dataSource = "com.mysql.cj.jdbc.MysqlDataSource";
    return List.of(
        Target.url(url, Map.of()),
        new Target(null, null, null, dataSource, null, Map.of("url", url)));
  }

  private static ConnectSettings within(Target target, Duration connectTimeout) {
    return new ConnectSettings(
        "p", target, null, Session.DEFAULT, Tcp.DEFAULT, true, false, connectTimeout);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void killedSession_isDeadAndItsErrorRetires(boolean mysqlDriver) throws Exception {
    String url = mysqlDriver ? mariadb.mysqlUrl("sslMode=DISABLED") : mariadb.url();
    PhysicalConnection pinged = open(url);
    PhysicalConnection used = open(url);
    for (PhysicalConnection physical : new PhysicalConnection[] {pinged, used}) {
      String id = Fixtures.ask(physical.connection(), "SELECT connection_id()");
      mariadb.execute("KILL " + id);
      await(mariadb, "SELECT count(*) FROM information_schema.processlist WHERE id = " + id, "0");
    }
    assertThat(new Checks("p", Session.DEFAULT).isAlive(pinged, Duration.ofSeconds(1))).isFalse();
    assertThatThrownBy(() -> Fixtures.ask(used.connection(), "SELECT 1"))
        .isInstanceOfSatisfying(
            SQLException.class,
            error ->
                assertThat(new DefaultFailureClassifier().classify(error))
                    .isEqualTo(Verdict.RETIRE));
    closer.close(pinged);
    closer.close(used);
  }

  @Test
  void sessionEndedByWaitTimeout_isDead(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir, "wait-timeout=1")) {
      PhysicalConnection physical = open(server.url());
      String id = Fixtures.ask(physical.connection(), "SELECT connection_id()");
      await(server, "SELECT count(*) FROM information_schema.processlist WHERE id = " + id, "0");
      assertThat(new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1)))
          .isFalse();
      closer.close(physical);
    }
  }

  @Test
  void requiredRole_followsTheServer(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir)) {
      for (String url : new String[] {server.url(), server.mysqlUrl("sslMode=DISABLED")}) {
        server.execute("SET GLOBAL read_only = 0");
        ConnectSettings primary = Fixtures.url(url, Fixtures.requiring(Role.PRIMARY), Tcp.DEFAULT);
        ConnectSettings standby = Fixtures.url(url, Fixtures.requiring(Role.STANDBY), Tcp.DEFAULT);
        PhysicalConnection writer = Fixtures.open(primary);
        assertThatThrownBy(() -> Fixtures.open(standby)).isInstanceOf(WrongRoleException.class);

        server.execute("SET GLOBAL read_only = 1");
        assertThat(
                new Checks("p", primary.session()).ping(writer, Duration.ofSeconds(1), "SELECT 1"))
            .isEqualTo(Checks.Verdict.WRONG_ROLE);
        assertThatThrownBy(() -> Fixtures.open(primary)).isInstanceOf(WrongRoleException.class);
        closer.close(Fixtures.open(standby));
        closer.close(writer);
      }
    }
  }

  @Test
  void writeRefusedByAReadOnlyServer_retires(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir)) {
      server.execute("CREATE DATABASE app");
      server.execute("CREATE TABLE app.t(a INT)");
      server.execute("CREATE USER writer");
      server.execute("GRANT ALL ON app.* TO writer");
      server.execute("SET GLOBAL read_only = 1");
      for (String url : new String[] {server.url(), server.mysqlUrl("sslMode=DISABLED")}) {
        PhysicalConnection physical =
            open(url.replace("user=root", "user=writer").replace("/mysql?", "/app?"));
        try (Statement statement = physical.connection().createStatement()) {
          assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (1)"))
              .isInstanceOfSatisfying(
                  SQLException.class,
                  error -> {
                    assertThat(error.getErrorCode()).isEqualTo(1290);
                    assertThat(new DefaultFailureClassifier().classify(error))
                        .isEqualTo(Verdict.WRONG_NODE);
                  });
        }
        closer.close(physical);
      }
    }
  }

  /** The state of the former says nothing, and each login more would be one in vain. */
  @Test
  void lockedAccount_andWrongPassword_areRefusedLogins(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir)) {
      server.execute("CREATE USER locked ACCOUNT LOCK");
      server.execute("CREATE USER other IDENTIFIED BY 'right'");
      for (String url : new String[] {server.url(), server.mysqlUrl("sslMode=DISABLED")}) {
        for (String user : new String[] {"locked", "other"}) {
          assertThatThrownBy(() -> open(url.replace("user=root", "user=" + user)))
              .satisfies(error -> assertThat(LoginRefusal.is(error)).isTrue());
        }
      }
    }
  }

  @Test
  void close_manualCommit_commitsNothing() throws Exception {
    mariadb.execute("CREATE OR REPLACE TABLE tidepool_kept(a INT) ENGINE=InnoDB");
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(mariadb.url(), Fixtures.session(false, null), Tcp.DEFAULT));
    try (Statement statement = physical.connection().createStatement()) {
      statement.execute("INSERT INTO tidepool_kept VALUES (1)");
    }
    closer.close(physical);
    assertThat(mariadb.execute("SELECT count(*) FROM tidepool_kept")).isEqualTo("0");
    mariadb.execute("DROP TABLE tidepool_kept");
  }

  /** Asks until the answer is right; the server itself does the waiting in between. */
  private static void await(DatabaseServer server, String sql, String wanted) throws SQLException {
    String answer = null;
    for (int i = 0; i < 400 && !wanted.equals(answer); i++) {
      try (Connection connection = DriverManager.getConnection(server.url())) {
        Fixtures.ask(connection, "SELECT SLEEP(0.025)");
        answer = Fixtures.ask(connection, sql);
      }
    }
    assertThat(answer).as(sql).isEqualTo(wanted);
  }
}
