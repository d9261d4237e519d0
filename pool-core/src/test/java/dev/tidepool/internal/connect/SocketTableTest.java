package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.config.Secrets;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.internal.connect.SocketTable.Plan;
import dev.tidepool.internal.connect.SocketTable.Reach;
import dev.tidepool.net.KeepAlive;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {
  private static final String OURS = "dev.tidepool.net.PoolSocketFactory";
  private static final Tcp TIMES = new Tcp(new KeepAlive(45, 10, 3), true);
  private static final Tcp WATCH_ONLY = new Tcp(null, true);

  private static Plan plan(String url, Map<String, String> user) {
    return SocketTable.plan(url, user, TIMES, true);
  }

  @Test
  void postgresql_getsKeepaliveAndOurFactory() {
    Plan plan = plan("jdbc:postgresql://h1,h2/db?ssl=true", Map.of("ApplicationName", "x"));
    assertThat(plan.properties()).isEqualTo(Map.of("tcpKeepAlive", "true", "socketFactory", OURS));
    assertThat(plan.argumentProperty()).isEqualTo("socketFactoryArg");
    assertThat(plan.reach()).isEqualTo(Reach.FACTORY);
  }

  @Test
  void postgresql_usersFactory_winsAndKeepsItsArgument() {
    Plan plan = plan("jdbc:postgresql:db", Map.of("socketFactory", "com.google.cloud.sql.Factory"));
    assertThat(plan.properties()).isEqualTo(Map.of("tcpKeepAlive", "true"));
    assertThat(plan.argumentProperty()).isNull();
    assertThat(plan.reach()).isEqualTo(Reach.NONE);
    assertThat(plan.text())
        .isEqualTo("left to the user's socketFactory=com.google.cloud.sql.Factory");
  }

  @Test
  void postgresql_namesInTheUrl_areNotAddedAgain() {
    Plan plan = plan("jdbc:postgresql://h/db?tcpKeepAlive=false&socketFactory=a.B", Map.of());
    assertThat(plan.properties()).isEmpty();
    assertThat(plan.text()).isEqualTo("left to the user's socketFactory");
  }

  @Test
  void postgresql_nameInAnotherCase_isNotTheDriversProperty() {
    Plan plan = plan("jdbc:postgresql://h/db?TCPKEEPALIVE=false", Map.of());
    assertThat(plan.properties()).containsEntry("tcpKeepAlive", "true");
  }

  @Test
  void postgresql_nameAsAValue_isNoName() {
    Plan plan = plan("jdbc:postgresql://h/db?ApplicationName=tcpKeepAlive", Map.of());
    assertThat(plan.properties()).containsEntry("tcpKeepAlive", "true");
  }

  @Test
  void postgresql_factoryUnusable_keepsThePlainProperty() {
    Plan plan = SocketTable.plan("jdbc:postgresql:db", Map.of(), TIMES, false);
    assertThat(plan.properties()).isEqualTo(Map.of("tcpKeepAlive", "true"));
    assertThat(plan.reach()).isEqualTo(Reach.NONE);
    assertThat(plan.text()).contains("times of the system");
  }

  @Test
  void mariadb_getsTheNativePropertiesAndOurFactory() {
    Plan plan = plan("jdbc:mariadb://h/db", Map.of());
    assertThat(plan.properties())
        .isEqualTo(
            Map.of(
                "tcpKeepIdle", "45",
                "tcpKeepInterval", "10",
                "tcpKeepCount", "3",
                "socketFactory", OURS));
    assertThat(plan.argumentProperty()).isNull();
    assertThat(plan.reach()).isEqualTo(Reach.FACTORY);
  }

  @Test
  void mariadb_namesInAnyCase_areNotAddedAgain() {
    Plan plan = plan("jdbc:mariadb://h/db?TCPKEEPIDLE=5", Map.of("socketfactory", "a.B"));
    assertThat(plan.properties()).isEqualTo(Map.of("tcpKeepInterval", "10", "tcpKeepCount", "3"));
    assertThat(plan.text()).isEqualTo("left to the user's socketFactory=a.B");
  }

  @Test
  void mariadb_factoryUnusable_saysWhatTheDriverWasGiven() {
    Plan plan = SocketTable.plan("jdbc:mariadb://h/db", Map.of(), TIMES, false);
    assertThat(plan.text())
        .isEqualTo("tcpKeepIdle=45, tcpKeepInterval=10, tcpKeepCount=3 handed to the driver");
  }

  @Test
  void timesLeftToTheSystem_areNotNamed() {
    Plan plan =
        SocketTable.plan(
            "jdbc:mariadb://h/db", Map.of(), new Tcp(new KeepAlive(45, -1, -1), false), true);
    assertThat(plan.properties()).isEqualTo(Map.of("tcpKeepIdle", "45", "socketFactory", OURS));
  }

  /** The others were not tried on such sockets. */
  @Test
  void watchableSockets_areForPostgresqlAndMariadbOnly() {
    assertThat(plan("jdbc:postgresql:db", Map.of()).watchable()).isTrue();
    assertThat(plan("jdbc:mariadb://h/d", Map.of()).watchable()).isTrue();
    assertThat(plan("jdbc:mysql://h/d", Map.of()).watchable()).isFalse();
    assertThat(plan("jdbc:sqlserver://h", Map.of()).watchable()).isFalse();
    assertThat(plan("jdbc:postgresql:db", Map.of("socketFactory", "a.B")).watchable()).isFalse();
  }

  @Test
  void sqlserver_getsOurFactory() {
    Plan plan = plan("jdbc:sqlserver://h:1433;databaseName=db", Map.of());
    assertThat(plan.properties()).isEqualTo(Map.of("socketFactoryClass", OURS));
    assertThat(plan.argumentProperty()).isEqualTo("socketFactoryConstructorArg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sqlserver://h;socketFactoryClass=a.B",
        "jdbc:sqlserver://h;password={a;b};SOCKETFACTORYCLASS=a.B;encrypt=true"
      })
  void sqlserver_factoryInTheUrl_stays(String url) {
    assertThat(plan(url, Map.of()).properties()).isEmpty();
  }

  @Test
  void sqlserver_nameInsideBraces_isAValue() {
    Plan plan = plan("jdbc:sqlserver://h;password={x;socketFactoryClass=y};a=b", Map.of());
    assertThat(plan.properties()).containsKey("socketFactoryClass");
  }

  @Test
  void oracleThin_getsTheFourNativeProperties() {
    Plan plan = plan("jdbc:oracle:thin:@//h:1521/svc", Map.of());
    assertThat(plan.properties())
        .isEqualTo(
            Map.of(
                "oracle.net.keepAlive", "true",
                "oracle.net.TCP_KEEPIDLE", "45",
                "oracle.net.TCP_KEEPINTERVAL", "10",
                "oracle.net.TCP_KEEPCOUNT", "3"));
    assertThat(plan.text()).endsWith("handed to the driver");
  }

  @Test
  void oracleThin_enableBrokenInTheDescriptor_isKeepalive() {
    Plan plan =
        plan(
            "jdbc:oracle:thin:@(DESCRIPTION=(enable = broken)(ADDRESS=(HOST=h)(PORT=1)))",
            Map.of("oracle.net.TCP_KEEPIDLE", "9"));
    assertThat(plan.properties())
        .containsOnlyKeys("oracle.net.TCP_KEEPINTERVAL", "oracle.net.TCP_KEEPCOUNT");
  }

  @Test
  void mysql_getsNoPropertyAndIsReachedAfterwards() {
    Plan plan = plan("jdbc:mysql://h/db", Map.of());
    assertThat(plan.properties()).isEmpty();
    assertThat(plan.reach()).isEqualTo(Reach.MYSQL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:x",
        "jdbc:h2:file:./x",
        "jdbc:sqlite:x.db",
        "jdbc:hsqldb:mem:x",
        "jdbc:derby:x"
      })
  void embedded_hasNoSocket(String url) {
    assertThat(plan(url, Map.of())).isEqualTo(new Plan(Map.of(), null, Reach.NONE, false, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:tcp://h/x",
        "jdbc:hsqldb:hsql://h/x",
        "jdbc:derby://h/x",
        "jdbc:db2://h/x",
        "jdbc:oracle:oci:@x",
        "jdbc:p6spy:postgresql://h/x"
      })
  void others_areLeftAlone(String url) {
    assertThat(plan(url, Map.of()))
        .isEqualTo(new Plan(Map.of(), null, Reach.NONE, false, "left to the driver"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql:db",
        "jdbc:mariadb://h/d",
        "jdbc:mysql://h/d",
        "jdbc:sqlserver://h"
      })
  void keepaliveAndWatchOff_addNothing(String url) {
    assertThat(SocketTable.plan(url, Map.of(), Tcp.OFF, true))
        .isEqualTo(new Plan(Map.of(), null, Reach.NONE, false, "left to the driver"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:postgresql:db", "jdbc:mariadb://h/d"})
  void keepaliveOff_stillWatches_andLeavesKeepaliveToTheDriver(String url) {
    Plan plan = SocketTable.plan(url, Map.of(), WATCH_ONLY, true);
    assertThat(plan.properties()).isEqualTo(Map.of("socketFactory", OURS));
    assertThat(plan.reach()).isEqualTo(Reach.FACTORY);
    assertThat(plan.watchable()).isTrue();
    assertThat(plan.text()).isEqualTo("left to the driver");
    Plan plain = SocketTable.plan(url, Map.of(), WATCH_ONLY, false);
    assertThat(plain).isEqualTo(new Plan(Map.of(), null, Reach.NONE, false, "left to the driver"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:mysql://h/d", "jdbc:sqlserver://h", "jdbc:oracle:thin:@//h/s"})
  void keepaliveOff_leavesAloneWhatCannotBeWatched(String url) {
    assertThat(SocketTable.plan(url, Map.of(), WATCH_ONLY, true))
        .isEqualTo(new Plan(Map.of(), null, Reach.NONE, false, "left to the driver"));
  }

  @Test
  void watchOff_keepaliveStillGetsOurFactory() {
    Tcp keepaliveOnly = new Tcp(new KeepAlive(45, 10, 3), false);
    assertThat(SocketTable.plan("jdbc:postgresql:db", Map.of(), keepaliveOnly, true).reach())
        .isEqualTo(Reach.FACTORY);
  }

  @Test
  void masks_hidePasswordsInEveryShape() {
    assertThat(Secrets.mask("jdbc:postgresql://h/d?user=a&password=s3cret&ssl=true"))
        .isEqualTo("jdbc:postgresql://h/d?user=a&password=***&ssl=true");
    assertThat(Secrets.mask("jdbc:sqlserver://h;user=a;password=s3cret;encrypt=true"))
        .isEqualTo("jdbc:sqlserver://h;user=a;password=***;encrypt=true");
    assertThat(Secrets.mask("jdbc:sqlserver://h;password={s3;cret};encrypt=true"))
        .doesNotContain("cret}");
    assertThat(Secrets.mask("jdbc:mysql://bob:s3cret@h/d")).isEqualTo("jdbc:mysql://bob:***@h/d");
    assertThat(Secrets.mask("jdbc:oracle:thin:scott/tiger@//h:1521/x"))
        .isEqualTo("jdbc:oracle:thin:scott/***@//h:1521/x");
    assertThat(Secrets.mask("jdbc:mysql://address=(host=h)(password=s3cret)/d"))
        .doesNotContain("s3cret");
  }
}
