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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Secrets everywhere a pool can be given one, a driver that tells them whenever it can, and a
 * search for them in all that the pool says: exceptions, logs, events, JMX and texts of objects.
 */
class CanaryTest {
  private static final String CANARY = "c4n4ry";

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @AfterEach
  void noFailure() {
    TalkativeDriver.failure = TalkativeDriver.Failure.NONE;
  }

  private TidepoolDataSource pool() {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setPoolName("canary");
    pool.setUrl(TalkativeDriver.URL);
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
      see(attribute.getDescription());
    }
  }

  private void seeTexts(TidepoolDataSource pool) {
    see(pool);
    see(pool.stats());
    see(pool.getCredentials());
    Thread.getAllStackTraces().keySet().forEach(thread -> see(thread.getName()));
  }

  private void assertSilence(LogCapture log) {
    assertThat(log.text()).contains("canary: ").doesNotContain(CANARY);
    assertThat(seen).isNotEmpty().noneMatch(text -> text.contains(CANARY));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void failedLogins_tellNothing(TalkativeDriver.Failure how) throws Exception {
    TalkativeDriver.failure = how;
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

  /**
   * The ways of several drivers; the driver here repeats the TalkativeDriver.URL, and the password
   * alone.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:canary://app:%s@host/db",
        "jdbc:canary:mysql://app:other@h1,app:%s@h2/db",
        "jdbc:canary:mysql://(host=h,user=app,password=%s)/db",
        "jdbc:canary:mariadb://address=(host=h)(password=%s)/db",
        "jdbc:canary:sqlserver://host;user=app;password={%s};encrypt=true",
        "jdbc:canary:oracle:thin:app/%s@//host:1521/service",
        "jdbc:canary:oracle:thin:app/\"%s\"@host",
        "jdbc:canary:db2://host:50000/db:user=app;password=%s;",
        "jdbc:canary:h2:tcp://host/db;USER=app;PASSWORD=%s",
        "jdbc:canary:x?token=%s"
      })
  void urlOfAnyKind_tellsNothing(String form) throws Exception {
    TalkativeDriver.failure = TalkativeDriver.Failure.WITH_SQL_EXCEPTION;
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      try (TidepoolDataSource pool = pool()) {
        pool.setUrl(String.format(form, TalkativeDriver.IN_THE_URL));
        pool.setInitializationFailTimeout(Duration.ofMillis(-1));
        Throwable timeout = catchThrowable(pool::getConnection);
        assertThat(timeout).hasMessageContaining("login with");
        see(timeout);
        seeJmx();
        seeTexts(pool);
      }
      assertSilence(log);
    }
  }

  @Test
  void poolOfAReference_tellsNothing() throws Exception {
    TalkativeDriver.failure = TalkativeDriver.Failure.WITH_SQL_EXCEPTION;
    Reference reference = new Reference("javax.sql.DataSource");
    reference.add(new StringRefAddr("poolName", "canary"));
    reference.add(new StringRefAddr("url", TalkativeDriver.URL));
    reference.add(new StringRefAddr("driverClassName", TalkativeDriver.class.getName()));
    reference.add(new StringRefAddr("username", "app"));
    reference.add(new StringRefAddr("password", "c4n4ry-1"));
    reference.add(new StringRefAddr("dataSource.sslpassword", "c4n4ry-3"));
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      Object made = new TidepoolObjectFactory().getObjectInstance(reference, null, null, null);
      try (TidepoolDataSource pool = (TidepoolDataSource) made) {
        see(catchThrowable(pool::getConnection));
        see(catchThrowable(() -> pool.getConnection("app", "c4n4ry-9")));
        see(pool);
        see(pool.stats());
      }
      assertSilence(log);
    }
  }

  /** What somebody executes may hold secrets: at most its beginning is told, if asked for. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void timeoutsThatNameHolders_andLeaks_tellNoSecretOfSql(boolean reportSql) throws Exception {
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      try (TidepoolDataSource pool = new TidepoolDataSource()) {
        pool.setPoolName("canary");
        pool.setUrl("jdbc:h2:mem:holders");
        pool.setUsername("sa");
        pool.setMaximumPoolSize(1);
        pool.setReportHolders(true);
        pool.setReportSql(reportSql);
        pool.setLeakDetectionThreshold(Duration.ofMillis(100));
        pool.addListener(listener());
        try (Connection held = pool.getConnection();
            Statement statement = held.createStatement()) {
          statement.execute("create user someone password 'c4n4ry-8'");
          pool.setConnectionTimeout(Duration.ofMillis(500));
          Throwable timeout = catchThrowable(pool::getConnection);
          assertThat(timeout).hasMessageContaining("Who has them");
          assertThat(String.valueOf(timeout).contains("create user someone")).isEqualTo(reportSql);
          see(timeout);
          Await.until("a leak is told", () -> pool.stats().leaks() > 0);
        }
        seeTexts(pool);
      }
      assertSilence(log);
    }
  }

  /**
   * The JDK's own events show threads, stacks, sockets and files. They also show what a driver
   * throws, word for word, where that is turned on, as in the profile of newer JDKs.
   */
  @Test
  void flightRecording_tellsNothing(@TempDir Path directory) throws Exception {
    TalkativeDriver.failure = TalkativeDriver.Failure.WITH_SQL_EXCEPTION;
    Path file = directory.resolve("canary.jfr");
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.disable("jdk.JavaExceptionThrow");
      recording.start();
      try (TidepoolDataSource pool = pool()) {
        pool.setInitializationFailTimeout(Duration.ofMillis(-1));
        assertThat(catchThrowable(pool::getConnection)).hasMessageContaining("login with");
      }
      recording.stop();
      recording.dump(file);
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).as("the pool's part in it").contains("tidepool").doesNotContain(CANARY);
  }

  /** Cannot be made, and says why. */
  public static final class TellingConstructor implements CredentialsProvider {
    /** For the pool. */
    public TellingConstructor() {
      throw new IllegalStateException("vault refused token=c4n4ry-6");
    }

    @Override
    public Credentials credentials() {
      return new Credentials("app", "c4n4ry-7");
    }
  }

  @Test
  void classesThatCannotBeMade_tellNothing() {
    for (String property :
        new String[] {
          "credentialsProviderClassName", "exceptionOverrideClassName", "threadFactoryClassName"
        }) {
      try (TidepoolDataSource pool = pool()) {
        pool.setProperty(property, TellingConstructor.class.getName());
        Throwable refused = catchThrowable(pool::getConnection);
        assertThat(refused).isInstanceOf(IllegalArgumentException.class);
        see(refused);
      }
    }
    assertThat(seen).noneMatch(text -> text.contains(CANARY));
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
        TalkativeDriver.failure = TalkativeDriver.Failure.WITH_SQL_EXCEPTION;
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
        pool.setConnectionTimeout(Duration.ofSeconds(30));
        pool.setKeepaliveTime(Duration.ofMillis(100));
        try (Connection connection = pool.getConnection()) {
          see(connection);
          // The driver's own words to the borrower are left to it.
          assertThat(catchThrowable(connection::createStatement))
              .hasMessageContaining(TalkativeDriver.URL);
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
            .jdbcUrl(TalkativeDriver.URL)
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
      pool.setUrl("jdbc:canary:unreadable?password=" + TalkativeDriver.IN_THE_URL);
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
