package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.testing.LogCapture;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class ConnectionSourcesTest {
  private static ConnectSettings of(Target target) {
    return Fixtures.settings(target, Session.DEFAULT, Tcp.DEFAULT);
  }

  private static Target named(String driverClassName, String url) {
    return new Target(url, driverClassName, null, null, null, Map.of());
  }

  private static Target made(String className, Map<String, String> properties) {
    return new Target(null, null, null, className, null, properties);
  }

  @Test
  void url_registeredDriver_opens() throws SQLException {
    PhysicalConnection physical =
        Fixtures.open(of(Target.url("jdbc:h2:mem:url", Map.of("user", "sa"))));
    assertThat(physical.tcpKeepAlive()).isNull();
    assertThat(physical.defaults().schema()).isEqualTo("PUBLIC");
    assertThat(new Checks("p", Session.DEFAULT).isAlive(physical, Duration.ofSeconds(1))).isTrue();
    new Closer("p", connection -> {}).close(physical);
    assertThat(physical.connection().isClosed()).isTrue();
  }

  @Test
  void cutOff_h2_whoseAbortDoesNothing_closes() throws SQLException {
    PhysicalConnection physical = Fixtures.open(of(Target.url("jdbc:h2:mem:cut", Map.of())));
    new Closer("p", connection -> {}).cutOff(physical);
    assertThat(physical.connection().isClosed()).isTrue();
  }

  @Test
  void url_driverClassName_opens() throws SQLException {
    PhysicalConnection physical = Fixtures.open(of(named("org.h2.Driver", "jdbc:h2:mem:named")));
    physical.connection().close();
  }

  @Test
  void url_noDriver_saysWhatToDo() {
    assertThatThrownBy(
            () -> ConnectionSources.create(of(Target.url("jdbc:nosuch:x?password=y", Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jdbcUrl=jdbc:nosuch:x?password=***")
        .hasMessageContaining("add the driver's jar");
  }

  @Test
  void driverClassName_missingButAnotherDriverIsRegistered_namesIt() {
    assertThatThrownBy(() -> ConnectionSources.create(of(named("com.old.Driver", "jdbc:h2:mem:x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("driverClassName=com.old.Driver cannot be loaded")
        .hasMessageContaining("org.h2.Driver is registered")
        .hasMessageContaining("remove driverClassName");
  }

  @Test
  void driverClassName_missingAndNoOther_asksForTheJar() {
    assertThatThrownBy(() -> ConnectionSources.create(of(named("com.old.Driver", "jdbc:nosuch:x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add the driver's jar");
  }

  @Test
  void driverClassName_ofAnotherDatabase_doesNotAcceptTheUrl() {
    assertThatThrownBy(
            () -> ConnectionSources.create(of(named("org.h2.Driver", "jdbc:postgresql:x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("driver org.h2.Driver does not accept this URL");
  }

  @Test
  void driverClassName_noDriver_isRejected() {
    assertThatThrownBy(
            () -> ConnectionSources.create(of(named("java.lang.String", "jdbc:h2:mem:x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a java.sql.Driver");
  }

  @Test
  void driverClassName_comesFromTheThreadsClassLoader() throws SQLException {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(null);
    try {
      Fixtures.open(of(named("org.h2.Driver", "jdbc:h2:mem:loader"))).connection().close();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void dataSourceObject_isUsedWithCredentials() throws SQLException {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:object");
    ConnectSettings settings =
        Fixtures.as(of(new Target(null, null, h2, null, null, Map.of())), "bob", "pw");
    PhysicalConnection physical = Fixtures.open(settings);
    assertThat(physical.connection().getMetaData().getUserName()).isEqualTo("BOB");
    assertThat(physical.tcpKeepAlive()).isEqualTo("left to the DataSource");
    physical.connection().close();
  }

  @Test
  void dataSourceClassName_getsItsProperties() throws SQLException {
    PhysicalConnection physical =
        Fixtures.open(
            of(
                made(
                    "org.h2.jdbcx.JdbcDataSource",
                    Map.of("url", "jdbc:h2:mem:made", "user", "sa", "loginTimeout", "3"))));
    assertThat(physical.connection().getMetaData().getURL()).isEqualTo("jdbc:h2:mem:made");
    physical.connection().close();
  }

  @Test
  void dataSourceClassName_unknownProperty_namesThoseThereAre() {
    assertThatThrownBy(
            () ->
                ConnectionSources.create(
                    of(made("org.h2.jdbcx.JdbcDataSource", Map.of("serverName", "h")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.serverName: org.h2.jdbcx.JdbcDataSource has no such")
        .hasMessageContaining("user");
  }

  @Test
  void dataSourceClassName_valueOfTheWrongType_isNamedButNotShown() {
    assertThatThrownBy(
            () ->
                ConnectionSources.create(
                    of(made("org.h2.jdbcx.JdbcDataSource", Map.of("loginTimeout", "soon")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.loginTimeout")
        .hasMessageContaining("its value is not a int")
        .hasMessageNotContaining("soon");
  }

  @Test
  void dataSourceClassName_noDataSource_isRejected() {
    assertThatThrownBy(() -> ConnectionSources.create(of(made("org.h2.Driver", Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for a driver use jdbcUrl");
    assertThatThrownBy(() -> ConnectionSources.create(of(made("no.Such", Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be loaded");
  }

  @Test
  void jndi_unboundAndRemoteNames_areRejected() {
    Target unbound = new Target(null, null, null, null, "java:comp/env/jdbc/x", Map.of());
    assertThatThrownBy(() -> ConnectionSources.create(of(unbound)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSourceJNDI=java:comp/env/jdbc/x was not found");
    Target remote = new Target(null, null, null, null, "LDAP://evil/x", Map.of());
    assertThatThrownBy(() -> ConnectionSources.create(of(remote)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names another host");
  }

  @Test
  void noTarget_saysWhatToSet() {
    assertThatThrownBy(
            () -> ConnectionSources.create(of(new Target(null, null, null, null, null, Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set jdbcUrl");
  }

  @Test
  void preparedState_isWhatTheBorrowerFinds() throws SQLException {
    Fixtures.open(of(Target.url("jdbc:h2:mem:state;DB_CLOSE_DELAY=-1", Map.of())))
        .connection()
        .createStatement()
        .execute("CREATE SCHEMA other");
    Session session =
        new Session(
            false,
            false,
            Connection.TRANSACTION_SERIALIZABLE,
            null,
            "OTHER",
            Duration.ZERO,
            "CREATE TABLE t(a INT)",
            null,
            null,
            false,
            Role.PRIMARY);
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url("jdbc:h2:mem:state", session, Tcp.DEFAULT));
    physical.connection().rollback();
    assertThat(Fixtures.ask(physical.connection(), "SELECT count(*) FROM other.t")).isEqualTo("0");
    assertThat(physical.defaults())
        .isEqualTo(
            new SessionDefaults(
                false, false, Connection.TRANSACTION_SERIALIZABLE, "STATE", "OTHER", 1, 0));
    physical.connection().close();
  }

  /** A bean with one setter of each kind. */
  public static final class Bean {
    final StringBuilder seen = new StringBuilder();

    public void setText(String value) {
      seen.append("text=").append(value).append(' ');
    }

    public void setNumber(int value) {
      seen.append("number=").append(value).append(' ');
    }

    public void setSecret(String value) {
      seen.append("secret ");
    }

    public void setBig(long value) {
      seen.append("big=").append(value).append(' ');
    }

    public void setFlag(boolean value) {
      seen.append("flag=").append(value).append(' ');
    }

    public void setTime(Duration value) {
      seen.append("time=").append(value).append(' ');
    }

    public void setURL(String value) {
      seen.append("url=").append(value).append(' ');
    }

    public void setMode(Thread.State value) {
      seen.append("mode=").append(value).append(' ');
    }

    public void setHosts(String[] value) {
      seen.append("hosts=").append(String.join("|", value)).append(' ');
    }

    public void setPorts(int[] value) {
      seen.append("ports=").append(Arrays.toString(value).replace(" ", "")).append(' ');
    }

    public void setListener(Runnable value) {
      seen.append("listener ");
    }

    public void setBroken(String value) {
      if (!value.isEmpty()) {
        throw new IllegalStateException("will not");
      }
    }
  }

  @Test
  void beanProperties_convertText() {
    Bean bean = new Bean();
    for (Map.Entry<String, String> property :
        Map.of(
                "text", "t",
                "number", " 7 ",
                "big", "8",
                "flag", "TRUE",
                "time", "30s",
                "url", "u",
                "mode", "new",
                "hosts", " a , b",
                "ports", "1, 2 ")
            .entrySet()) {
      BeanProperties.apply(bean, Map.of(property.getKey(), property.getValue()));
    }
    assertThat(bean.seen.toString().trim().split(" "))
        .containsExactlyInAnyOrder(
            "text=t",
            "number=7",
            "big=8",
            "flag=true",
            "time=PT30S",
            "url=u",
            "mode=NEW",
            "hosts=a|b",
            "ports=[1,2]");
  }

  /** As in properties files of HikariCP. */
  @Test
  void beanProperties_listsOfHostsAndPorts_asPostgresqlTakesThem() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    BeanProperties.apply(source, Map.of("serverNames", "h1,h2", "portNumbers", "5432,5433"));
    assertThat(source.getServerNames()).containsExactly("h1", "h2");
    assertThat(source.getPortNumbers()).containsExactly(5432, 5433);
  }

  /** It was said not to exist. */
  @Test
  void beanProperties_setterThatTakesNoText_isToldOf() {
    assertThatThrownBy(() -> BeanProperties.apply(new Bean(), Map.of("listener", "CANARY")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.listener of ")
        .hasMessageContaining("text cannot become a java.lang.Runnable, which its setter takes")
        .hasMessageNotContaining("CANARY");
  }

  @Test
  void beanProperties_badValuesAndFailingSetters_nameTheProperty() {
    Bean bean = new Bean();
    assertThatThrownBy(() -> BeanProperties.apply(bean, Map.of("flag", "yes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.flag");
    assertThatThrownBy(() -> BeanProperties.apply(bean, Map.of("ports", "1,x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.ports")
        .hasMessageEndingWith("its value is not a int[]");
    assertThatThrownBy(() -> BeanProperties.apply(bean, Map.of("time", "soon")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataSource.time");
    assertThatThrownBy(() -> BeanProperties.apply(bean, Map.of("broken", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its setter failed: java.lang.IllegalStateException: will not");
  }

  /** A dotless i and a long s: who refuses or hides a name by its letters must know them all. */
  @ParameterizedTest
  @ValueSource(strings = {"t\u0131me", "\u017fecret"})
  void beanProperties_lettersThatOnlyCountAsTheSame_areOthers(String name) {
    assertThatThrownBy(() -> BeanProperties.apply(new Bean(), Map.of(name, "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no such property");
  }

  /**
   * A wrapper, whose call for the optional limit fails as wrappers do: the pool could not start.
   */
  private static DataSource withoutLoginTimeout(Throwable failure) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:limit");
    return (DataSource)
        Proxy.newProxyInstance(
            ConnectionSourcesTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              if (method.getName().equals("getLoginTimeout")) {
                throw failure;
              }
              return method.invoke(h2, arguments);
            });
  }

  @Test
  void dataSourceWhoseLoginTimeoutFails_isUsedAllTheSame_andItIsSaid() throws SQLException {
    RuntimeException failure = new IllegalStateException("not set up, password=s3cret");
    Target target = new Target(null, null, withoutLoginTimeout(failure), null, null, Map.of());
    try (LogCapture log = new LogCapture(ConnectionSources.class)) {
      Fixtures.open(of(target)).connection().close();
      assertThat(log.lines()).hasSize(1);
      assertThat(log.text())
          .contains("takes no login timeout", "not set up", "password=***")
          .doesNotContain("s3cret");
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {UnsupportedOperationException.class, AbstractMethodError.class})
  void dataSourceWithoutLoginTimeout_isUsedWithoutAWord(Class<? extends Throwable> refusal)
      throws Exception {
    Throwable failure = refusal.getConstructor().newInstance();
    Target target = new Target(null, null, withoutLoginTimeout(failure), null, null, Map.of());
    try (LogCapture log = new LogCapture(ConnectionSources.class)) {
      Fixtures.open(of(target)).connection().close();
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void userTimeout_warnsOnceWhereItReachesNoSocket() throws SQLException {
    Tcp tcp = new Tcp(KeepAlive.SYSTEM, true, Duration.ofSeconds(2));
    try (LogCapture log = new LogCapture(Opener.class)) {
      ConnectionSource source =
          ConnectionSources.create(Fixtures.url("jdbc:h2:mem:ut", Session.DEFAULT, tcp));
      for (int i = 0; i < 2; i++) {
        source.open(new ConnectAttempt()).connection().close();
      }
      assertThat(log.count("p: tcpUserTimeout has no effect on driver org.h2.Driver")).isEqualTo(1);
    }
  }
}
