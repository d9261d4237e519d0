package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.PoolListener;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.observe.PoolJmx;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Secrets everywhere a pool can be given one, a driver that tells them whenever it can, and a
 * search for them in all that the pool says: exceptions, logs, events, JMX and texts of objects.
 */
class CanaryTest {
  private static final String CANARY = "c4n4ry";
  private static final String IN_THE_URL = "c4n4ry-2";
  private static final String URL = "jdbc:canary://host/db?password=" + IN_THE_URL + "&ssl=on";

  /** How the driver fails. */
  enum Failure {
    NONE,
    WITH_SQL_EXCEPTION,
    WITH_RUNTIME_EXCEPTION,
    WITH_ERROR
  }

  private static volatile Failure failure = Failure.NONE;

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  /** Names whatever it knows, with a name and without. */
  public static final class TalkativeDriver implements Driver {
    /** For the pool. */
    public TalkativeDriver() {}

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
      String all =
          "login with "
              + info
              + " at "
              + url
              + ": user "
              + info.getProperty("user")
              + " with "
              + info.getProperty("password")
              + ", "
              + info.getProperty("sslpassword")
              + " and "
              + IN_THE_URL;
      switch (failure) {
        case WITH_SQL_EXCEPTION -> {
          SQLException error = new SQLException(all, "28000", 7, new IOException(all));
          error.addSuppressed(new IOException(all));
          error.setNextException(new SQLException(all));
          throw error;
        }
        case WITH_RUNTIME_EXCEPTION -> throw new IllegalStateException(all, new IOException(all));
        case WITH_ERROR -> throw new LinkageError(all, new IOException(all));
        case NONE -> {}
      }
      return connection();
    }

    private static Connection connection() {
      ClassLoader loader = CanaryTest.class.getClassLoader();
      return (Connection)
          Proxy.newProxyInstance(
              loader, new Class<?>[] {Connection.class}, (p, method, args) -> answer(p, method));
    }

    @SuppressWarnings("StatementSwitchToExpressionSwitch")
    private static @Nullable Object answer(Object self, Method method) throws SQLException {
      switch (method.getName()) {
        case "toString":
          return "connection to " + URL;
        case "hashCode":
          return System.identityHashCode(self);
        case "equals":
          return false;
        case "getAutoCommit":
          return true;
        case "getTransactionIsolation":
          return Connection.TRANSACTION_READ_COMMITTED;
        case "getHoldability", "getNetworkTimeout":
          return 0;
        case "isReadOnly", "isClosed", "isWrapperFor":
          return false;
        case "isValid", "createStatement", "rollback", "close", "abort", "getMetaData", "unwrap":
          throw new SQLException("lost " + URL, "08006", new IOException("lost " + URL));
        default:
          return null;
      }
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
      if (url.contains("unreadable")) {
        throw new SQLException("cannot read " + url + ", not even " + IN_THE_URL);
      }
      return url.startsWith("jdbc:canary:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException("none");
    }
  }

  @AfterEach
  void noFailure() {
    failure = Failure.NONE;
  }

  private TidepoolDataSource pool() {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setPoolName("canary");
    pool.setUrl(URL);
    pool.setDriverClassName(TalkativeDriver.class.getName());
    pool.setUsername("app");
    pool.setPassword("c4n4ry-1");
    pool.addDataSourceProperty("sslpassword", "c4n4ry-3");
    pool.addDataSourceProperty("endpoint", "https://app:c4n4ry-4@host/?token=c4n4ry-5");
    pool.setMaximumPoolSize(2);
    pool.setRegisterMbeans(true);
    pool.setConnectionTimeout(Duration.ofMillis(500));
    pool.addListener(listener());
    return pool;
  }

  /** Writes down every event with all that belongs to it. */
  private PoolListener listener() {
    return (PoolListener)
        Proxy.newProxyInstance(
            CanaryTest.class.getClassLoader(),
            new Class<?>[] {PoolListener.class},
            (proxy, method, args) -> {
              if (method.getDeclaringClass() == Object.class) {
                return ofObject(proxy, method, args);
              }
              seen.add(method.getName());
              if (args != null) {
                Arrays.stream(args).forEach(this::see);
              }
              return null;
            });
  }

  @SuppressWarnings("ReferenceEquality") // as Object has it
  private static Object ofObject(Object self, Method method, Object[] args) {
    return switch (method.getName()) {
      case "equals" -> self == args[0];
      case "hashCode" -> 1;
      default -> "the listener of this test";
    };
  }

  private void see(@Nullable Object object) {
    seen.add(String.valueOf(object));
    if (object instanceof Throwable error) {
      StringWriter text = new StringWriter();
      error.printStackTrace(new PrintWriter(text));
      seen.add(text.toString());
      if (error instanceof SQLException sql && sql.getNextException() != null) {
        see(sql.getNextException());
      }
    }
  }

  private void seeJmx() throws Exception {
    ObjectName name = new ObjectName(PoolJmx.nameOf("canary"));
    for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
      see(attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
    }
  }

  private void seeTexts(TidepoolDataSource pool) {
    see(pool);
    see(pool.stats());
    see(pool.getCredentials());
  }

  private void assertSilence(LogCapture log) {
    assertThat(log.text()).contains("canary: ").doesNotContain(CANARY);
    assertThat(seen).isNotEmpty().noneMatch(text -> text.contains(CANARY));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void failedLogins_tellNothing(Failure how) throws Exception {
    failure = how;
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      try (TidepoolDataSource pool = pool()) {
        see(catchThrowable(pool::getConnection));
        pool.setInitializationFailTimeout(Duration.ofMillis(-1));
        Throwable timeout = catchThrowable(pool::getConnection);
        assertThat(timeout).hasMessageContaining("login with");
        see(timeout);
        assertThat(pool.stats().connectFailures()).isPositive();
        seeJmx();
        seeTexts(pool);
      }
      assertSilence(log);
    }
  }

  @Test
  void providersThatFail_tellNothing() throws Exception {
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      try (TidepoolDataSource pool = pool()) {
        pool.setInitializationFailTimeout(Duration.ofMillis(-1));
        pool.setCredentialsProvider(
            () -> {
              throw new SQLException(
                  "vault refused token=c4n4ry-6", new IOException("pw=c4n4ry-6"));
            });
        see(catchThrowable(pool::getConnection));
        pool.setCredentialsProvider(
            () -> {
              throw new IllegalStateException("vault refused token=c4n4ry-6");
            });
        see(catchThrowable(pool::getConnection));
        failure = Failure.WITH_SQL_EXCEPTION;
        pool.setCredentialsProvider(() -> new Credentials("app", "c4n4ry-7"));
        Await.until("a login", () -> seen.stream().anyMatch(text -> text.contains("login with")));
        seeJmx();
        seeTexts(pool);
      }
      assertSilence(log);
    }
  }

  @Test
  void connectionsThatDie_tellNothing() throws Exception {
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      try (TidepoolDataSource pool = pool()) {
        pool.setKeepaliveTime(Duration.ofMillis(100));
        pool.setConnectionTimeout(Duration.ofSeconds(30)); // on a busy machine all may be checked
        try (Connection connection = pool.getConnection()) {
          see(connection);
          // The driver's own words to the borrower are left to it.
          assertThat(catchThrowable(connection::createStatement)).hasMessageContaining(URL);
        }
        try (Connection connection = pool.getConnection()) {
          connection.setAutoCommit(false);
          see(connection.getCatalog()); // may begin a transaction, whose rollback will fail
        }
        Await.until("a ping failed", () -> pool.stats().pingFailures() > 0);
        see(catchThrowable(() -> pool.evict(TalkativeDriver.connection())));
        seeJmx();
        seeTexts(pool);
      }
      assertSilence(log);
    }
  }

  @Test
  void configurations_tellNothing() {
    TidepoolConfig.Builder builder =
        TidepoolConfig.builder()
            .jdbcUrl(URL)
            .password("c4n4ry-1")
            .credentialsProvider(new TellingProvider("c4n4ry-4"))
            .addDataSourceProperty("sslpassword", "c4n4ry-3")
            .connectionInitSql("ALTER USER app PASSWORD 'c4n4ry-5'");
    see(builder);
    see(builder.build());
    see(builder.build().notices());
    see(
        catchThrowable(
            () ->
                builder
                    .set("passwrod", "c4n4ry-6")
                    .set("maximumPoolSize", "password=c4n4ry-6")
                    .dataSourceClassName("password=c4n4ry-6")
                    .build()));
    assertThat(seen).noneMatch(text -> text.contains(CANARY));
  }

  private record TellingProvider(String secret) implements CredentialsProvider {
    @Override
    public Credentials credentials() {
      return new Credentials("app", secret);
    }
  }

  @Test
  void targetsThatCannotBeUsed_tellNothing() {
    try (TidepoolDataSource pool = pool()) {
      pool.setUrl("jdbc:canary:unreadable?password=" + IN_THE_URL);
      see(catchThrowable(pool::getConnection));
    }
    for (String property : new String[] {"port", "password"}) {
      try (TidepoolDataSource pool = new TidepoolDataSource()) {
        pool.setDataSourceClassName(PickyDataSource.class.getName());
        pool.addDataSourceProperty(property, "c4n4ry-3");
        Throwable refused = catchThrowable(pool::getConnection);
        assertThat(refused).hasMessageContaining("dataSource." + property);
        see(refused);
      }
    }
    assertThat(seen).noneMatch(text -> text.contains(CANARY));
  }

  /** Has setters that refuse, aloud. */
  public static final class PickyDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** For the pool. */
    public PickyDataSource() {}

    /** Takes numbers only. */
    public void setPort(int port) {
      throw new IllegalArgumentException("no port " + port);
    }

    @Override
    public void setPassword(String password) {
      throw new IllegalArgumentException("not long enough: " + password);
    }
  }
}
