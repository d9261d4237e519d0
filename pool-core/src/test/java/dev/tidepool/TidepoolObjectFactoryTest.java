package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.PoolState;
import dev.tidepool.api.Role;
import dev.tidepool.config.TidepoolConfigException;
import dev.tidepool.config.Violation;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.BinaryRefAddr;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TidepoolObjectFactoryTest {
  private static final String URL = "jdbc:h2:mem:factory";
  private static final String SECRET = "hunter2-hunter2";

  @Test
  void everyAttribute_isAProperty() {
    try (TidepoolDataSource pool =
        poolOf(
            reference(
                "url", URL,
                "username", "sa",
                "password", SECRET,
                "driverClassName", "org.h2.Driver",
                "poolName", "orders",
                "maximumPoolSize", "7",
                "minimumIdle", "0",
                "keepaliveTime", "45s",
                "connectionTimeout", "1500",
                "autoCommit", "false",
                "requiredRole", "primary",
                "dataSource.TRACE_LEVEL_FILE", "0"))) {
      assertThat(pool.getJdbcUrl()).isEqualTo(URL);
      assertThat(pool.getUsername()).isEqualTo("sa");
      assertThat(pool.getCredentials().password()).isEqualTo(SECRET);
      assertThat(pool.getDriverClassName()).isEqualTo("org.h2.Driver");
      assertThat(pool.getPoolName()).isEqualTo("orders");
      assertThat(pool.getMaximumPoolSize()).isEqualTo(7);
      assertThat(pool.getMinimumIdle()).isZero();
      assertThat(pool.getKeepaliveTime()).isEqualTo(Duration.ofSeconds(45));
      assertThat(pool.getConnectionTimeout()).isEqualTo(Duration.ofMillis(1500));
      assertThat(pool.isAutoCommit()).isFalse();
      assertThat(pool.getRequiredRole()).isEqualTo(Role.PRIMARY);
      assertThat(pool.getDataSourceProperties()).containsEntry("TRACE_LEVEL_FILE", "0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"javax.sql.DataSource", "dev.tidepool.TidepoolDataSource"})
  void theNamingManager_findsTheFactory_andThePoolWorks(String type) throws Exception {
    Reference reference = new Reference(type, TidepoolObjectFactory.class.getName(), null);
    reference.add(new StringRefAddr("url", URL));
    Object object = NamingManager.getObjectInstance(reference, null, null, null);
    try (TidepoolDataSource pool = (TidepoolDataSource) object;
        Connection connection = pool.getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void eachLookUp_makesAPoolOfItsOwn() {
    Reference reference = reference("url", URL);
    try (TidepoolDataSource one = poolOf(reference);
        TidepoolDataSource other = poolOf(reference)) {
      assertThat(one).isNotSameAs(other);
      assertThat(one.getPoolName()).isNotEqualTo(other.getPoolName());
    }
  }

  @Test
  void whatTheContainerAdds_isPassedOver() {
    // As org.apache.naming.ResourceRef of Tomcat 11 does.
    Reference reference =
        reference(
            "description", "orders",
            "scope", "Shareable",
            "auth", "Container",
            "singleton", "true",
            "factory", TidepoolObjectFactory.class.getName(),
            "url", URL);
    try (TidepoolDataSource pool = poolOf(reference)) {
      assertThat(pool.getJdbcUrl()).isEqualTo(URL);
    }
  }

  @Test
  void unknownAttributes_andBrokenRules_areReportedTogether() {
    Reference reference =
        reference(
            "url", URL,
            "password", SECRET,
            "pasword", SECRET,
            "maxActive", "8",
            "type", "javax.sql.DataSource",
            "closeMethod", "close",
            "maximumPoolSize", "many",
            "poolName", "orders",
            "keepaliveTime", "1ms");
    assertThat(problemsOf(reference))
        .extracting(Violation::property)
        .containsExactlyInAnyOrder(
            "pasword", "maxActive", "type", "closeMethod", "maximumPoolSize", "keepaliveTime");
    assertThatThrownBy(() -> make(reference))
        .hasMessageStartingWith("orders: the pool's configuration has 6 problems:")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void withoutADatabase_isRefused() {
    assertThat(problemsOf(reference("username", "sa")))
        .extracting(Violation::property)
        .containsExactly("jdbcUrl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataSourceJNDI", "dataSourceJndi"})
  void anotherJndiName_isRefused(String name) {
    Reference reference = reference(name, "java:comp/env/jdbc/admin");
    assertThat(problemsOf(reference)).extracting(Violation::property).containsExactly(name);
  }

  /** A pool in the pool would look the name up. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dataSource.dataSourceJNDI",
        "dataSource.datasourcejndi",
        "dataSource.dataSourceName",
        "dataSource.DATASOURCENAME",
        "dataSource.jndiEnvironment",
        "dataSource.lookupName",
        "dataSource.loo\u212aupName" // in lower case the sign of Kelvin is a k
      })
  void anotherJndiName_isRefusedInAPoolWithinThePool(String name) {
    Reference reference =
        reference("dataSourceClassName", TidepoolDataSource.class.getName(), name, "jdbc/admin");
    assertThat(problemsOf(reference))
        .extracting(Violation::property)
        .containsExactly("attribute 2");
  }

  @Test
  void dataSourceJndiBesideAUrl_isRefusedToo() {
    Reference reference = reference("url", URL, "dataSourceJNDI", "ldap://127.0.0.1/x");
    assertThat(problemsOf(reference)).extracting(Violation::property).contains("dataSourceJNDI");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "java.lang.Object",
        "javax.sql.XADataSource",
        "javax.sql.ConnectionPoolDataSource",
        "com.zaxxer.hikari.HikariDataSource",
        ""
      })
  void aReferenceToAnotherClass_isLeftToOthers(String type) {
    Reference reference = new Reference(type);
    reference.add(new StringRefAddr("url", URL));
    assertThat(make(reference)).isNull();
  }

  @Test
  void anythingButAReference_isLeftToOthers() {
    assertThat(make(null)).isNull();
    assertThat(make("jdbc:h2:mem:x")).isNull();
    assertThat(make(new StringRefAddr("url", URL))).isNull();
  }

  @Test
  void theFactory_connectsNothing_andStartsNoThread() throws SQLException {
    String url = "jdbc:h2:mem:lazy;DB_CLOSE_DELAY=-1";
    Reference reference =
        reference(
            "url",
            url,
            "initializationFailTimeout",
            "1",
            "threadFactoryClassName",
            CountingThreads.class.getName());
    CountingThreads.made.set(0);
    Object[] made = new Object[1];
    int threads = threadsMadeBy(() -> made[0] = make(reference));
    try (Connection watcher = DriverManager.getConnection(url);
        TidepoolDataSource pool = (TidepoolDataSource) made[0]) {
      assertThat(threads).as("by the thread that looks it up").isZero();
      assertThat(CountingThreads.made).as("of the pool").hasValue(0);
      assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
      assertThat(sessionsOf(watcher)).isEqualTo(1);
      try (Connection borrowed = pool.getConnection()) {
        assertThat(borrowed.isValid(5)).isTrue();
        assertThat(sessionsOf(watcher)).isGreaterThan(1);
        assertThat(CountingThreads.made).hasPositiveValue();
      }
    }
  }

  /** Counts what the pool starts, on whatever thread. */
  public static final class CountingThreads implements ThreadFactory {
    static final AtomicInteger made = new AtomicInteger();

    /** For the pool. */
    public CountingThreads() {}

    @Override
    public Thread newThread(Runnable task) {
      made.incrementAndGet();
      return new Thread(task);
    }
  }

  /** Each new thread asks the one that makes it for what it inherits. */
  private static int threadsMadeBy(Runnable action) {
    AtomicInteger heirs = new AtomicInteger();
    InheritableThreadLocal<String> heirloom =
        new InheritableThreadLocal<>() {
          @Override
          protected String childValue(String parentValue) {
            heirs.incrementAndGet();
            return parentValue;
          }
        };
    heirloom.set("heirloom");
    try {
      action.run();
    } finally {
      heirloom.remove();
    }
    return heirs.get();
  }

  @Test
  void attributesThatAreNoText_areRefused_andNotShown() {
    Reference reference = reference("url", URL);
    reference.add(new BinaryRefAddr("password", SECRET.getBytes(StandardCharsets.UTF_8)));
    reference.add(new ShowsItself("maximumPoolSize"));
    reference.add(new ShowsItself("dataSource.user"));
    reference.add(new ShowsItself("somethingElse"));
    reference.add(new StringRefAddr("username", null));
    reference.add(new StringRefAddr(null, SECRET));
    assertThat(problemsOf(reference))
        .extracting(Violation::property)
        .containsExactly(
            "password", "maximumPoolSize", "attribute 4", "attribute 5", "username", "attribute 7");
    assertThatThrownBy(() -> make(reference)).hasMessageNotContaining(SECRET);
  }

  @Test
  void anAttributeGivenTwice_isRefused() {
    Reference reference = reference("url", URL, "password", SECRET, "password", "other");
    assertThat(problemsOf(reference)).extracting(Violation::property).containsExactly("password");
    assertThatThrownBy(() -> make(reference))
        .hasMessageNotContaining(SECRET)
        .hasMessageNotContaining("other");
  }

  @Test
  void thePassword_isNotShown_byAnyProblemWithTheUrl() {
    Reference reference = reference("url", "http://app:" + SECRET + "@host/db", "password", SECRET);
    assertThatThrownBy(() -> make(reference))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageNotContaining(SECRET);
    try (TidepoolDataSource pool = poolOf(reference("url", URL, "password", SECRET))) {
      assertThat(pool.toString()).doesNotContain(SECRET);
    }
  }

  @Test
  void tooManyAttributes_areNotRead() {
    Reference reference = reference("url", URL);
    for (int i = 0; i < 1_000; i++) {
      reference.add(new StringRefAddr("x" + i, "x"));
    }
    assertThat(problemsOf(reference)).extracting(Violation::property).containsExactly("attributes");
  }

  @Test
  void namesFromOutside_cannotForgeALineOfTheLog() {
    Reference reference = reference("url", URL, "x\nERROR root: all is lost\u2028\r", "1");
    Throwable thrown = catchThrowableOfType(TidepoolConfigException.class, () -> make(reference));
    // One line for the head, one for the problem.
    assertThat(thrown.getMessage().lines()).hasSize(2);
  }

  private static Reference reference(String... namesAndValues) {
    Reference reference = new Reference("javax.sql.DataSource");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      reference.add(new StringRefAddr(namesAndValues[i], namesAndValues[i + 1]));
    }
    return reference;
  }

  private static Object make(Object object) {
    // Name, context and environment are never touched: they could be null.
    return new TidepoolObjectFactory().getObjectInstance(object, null, null, null);
  }

  private static TidepoolDataSource poolOf(Reference reference) {
    Object made = new TidepoolObjectFactory().getObjectInstance(reference, null, null, null);
    assertThat(made).isInstanceOf(DataSource.class);
    return (TidepoolDataSource) made;
  }

  private static List<Violation> problemsOf(Reference reference) {
    TidepoolConfigException thrown =
        catchThrowableOfType(TidepoolConfigException.class, () -> make(reference));
    assertThat(thrown).isNotNull();
    return thrown.violations();
  }

  private static int sessionsOf(Connection watcher) throws SQLException {
    try (var statement = watcher.createStatement();
        var result = statement.executeQuery("select count(*) from information_schema.sessions")) {
      result.next();
      return result.getInt(1);
    }
  }

  /** An attribute whose content shows a secret to whoever makes a text of it. */
  private static final class ShowsItself extends RefAddr {
    private static final long serialVersionUID = 1L;

    ShowsItself(String name) {
      super(name);
    }

    @Override
    public Object getContent() {
      return List.of(SECRET);
    }
  }

  /** Tomcat shows every getter of what it binds in JMX. */
  @Test
  void getters_tellNoSecret_butThePoolKnowsIt() throws Exception {
    Reference reference = new Reference("javax.sql.DataSource");
    reference.add(new StringRefAddr("url", "jdbc:h2:mem:getters;TOKEN=c4n4ry"));
    reference.add(new StringRefAddr("username", "sa"));
    reference.add(new StringRefAddr("password", "c4n4ry"));
    reference.add(new StringRefAddr("dataSource.PASSWORD", "c4n4ry"));
    reference.add(new StringRefAddr("connectionInitSql", "ALTER USER sa PASSWORD 'c4n4ry'"));
    reference.add(new StringRefAddr("connectionResetSql", "set a = $$c4n4ry$$"));
    reference.add(new StringRefAddr("connectionTestQuery", "select login('c4n4ry')"));
    reference.add(new StringRefAddr("keepaliveQuery", "select 1 -- c4n4ry"));
    Object made = new TidepoolObjectFactory().getObjectInstance(reference, null, null, null);
    assertThat(made).isInstanceOf(TidepoolDataSource.class);
    for (PropertyDescriptor property :
        Introspector.getBeanInfo(TidepoolDataSource.class).getPropertyDescriptors()) {
      Method getter = property.getReadMethod();
      // getConnection() is no property, and getParentLogger() always throws.
      if (getter != null && getter.getDeclaringClass().isAssignableFrom(TidepoolProperties.class)) {
        assertThat(String.valueOf(getter.invoke(made)))
            .as(property.getName())
            .doesNotContain("c4n4ry");
      }
    }
    assertThat(((TidepoolDataSource) made).getCredentials().password()).isEqualTo("c4n4ry");
    assertThat(made.getClass().getInterfaces()).contains(DataSource.class);
  }
}
