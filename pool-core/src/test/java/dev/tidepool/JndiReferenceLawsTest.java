package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.PoolState;
import dev.tidepool.config.PropertyTable;
import dev.tidepool.config.TidepoolConfigException;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.naming.BinaryRefAddr;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.InitialContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Laws of the JNDI factory, whose input is hostile: nothing is loaded, looked up or connected by
 * it. Traps note whoever steps on them; the last tests show that each of them works.
 */
class JndiReferenceLawsTest {
  private static final String SECRET = "hunter2-hunter2";
  private static final String TRAP_CLASS = "com.example.Trap";
  private static final String TRAP_URL = "jdbc:trap:x";
  private static final String CONTEXTS = Context.INITIAL_CONTEXT_FACTORY;

  private static final Queue<String> SPRUNG = new ConcurrentLinkedQueue<>();

  private static volatile List<String> inTheFactory = List.of();

  private final Driver driver = new TrapDriver();
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  /** Notes what it is asked to load, and knows nothing by itself. */
  private static final class TrapLoader extends ClassLoader {
    TrapLoader(ClassLoader parent) {
      super(parent);
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
      SPRUNG.add("class " + name);
      return super.loadClass(name);
    }
  }

  /** Stands for every way to look something up. */
  public static final class TrapContexts implements InitialContextFactory {
    /** For JNDI. */
    public TrapContexts() {}

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) throws NamingException {
      SPRUNG.add("context");
      throw new NamingException("no context here");
    }
  }

  /** Notes every question; connects nobody. */
  private static final class TrapDriver implements Driver {
    @Override
    public Connection connect(String url, Properties info) throws SQLException {
      SPRUNG.add("connect");
      throw new SQLException("no database here");
    }

    @Override
    public boolean acceptsURL(String url) {
      SPRUNG.add("accepts");
      return url.startsWith("jdbc:trap:");
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
    public Logger getParentLogger() {
      return Logger.getAnonymousLogger();
    }
  }

  @BeforeEach
  void setTraps() throws SQLException {
    DriverManager.registerDriver(driver);
    System.setProperty(CONTEXTS, TrapContexts.class.getName());
    Thread.currentThread().setContextClassLoader(new TrapLoader(before));
  }

  @AfterEach
  void removeTraps() throws SQLException {
    Thread.currentThread().setContextClassLoader(before);
    System.clearProperty(CONTEXTS);
    DriverManager.deregisterDriver(driver);
  }

  /** Nothing that is passed along is touched either. */
  private static Object make(Reference reference) throws NamingException {
    Context untouched =
        (Context)
            Proxy.newProxyInstance(
                JndiReferenceLawsTest.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, args) -> {
                  SPRUNG.add("context " + method.getName());
                  return null;
                });
    Name name = new CompositeName("ldap://127.0.0.1/x");
    SPRUNG.clear(); // the libraries of the tests load classes, too
    try {
      return new TidepoolObjectFactory().getObjectInstance(reference, name, untouched, null);
    } finally {
      inTheFactory = List.copyOf(SPRUNG);
    }
  }

  private static void check(Reference reference) throws NamingException {
    try (TidepoolDataSource pool = (TidepoolDataSource) make(reference)) {
      assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
      assertThat(pool.toString()).doesNotContain(SECRET);
      assertThat(pool.getDataSourceJNDI()).isNull();
    } catch (TidepoolConfigException e) {
      assertThat(e.getMessage()).doesNotContain(SECRET);
      assertThat(e.getMessage().lines()).hasSize(1 + e.violations().size());
    }
    assertThat(inTheFactory).isEmpty();
  }

  @Test
  void anyReference_isAPoolAtRest_orAListOfProblems() {
    Law.of("any reference is a pool at rest or a list of problems", 4_000)
        .holdsFor(JndiReferenceLawsTest::draw, JndiReferenceLawsTest::check);
  }

  private static Reference draw(Random random) {
    Reference reference = new Reference("javax.sql.DataSource");
    if (random.nextInt(4) > 0) {
      reference.add(new StringRefAddr("url", TRAP_URL + ";password=" + SECRET));
    }
    for (int i = random.nextInt(8); i > 0; i--) {
      String name = name(random);
      String content = isSecretOrUnknown(name) ? SECRET : content(random);
      RefAddr attribute =
          random.nextInt(20) == 0
              ? new BinaryRefAddr(name, SECRET.getBytes(StandardCharsets.UTF_8))
              : new StringRefAddr(name, content);
      reference.add(
          random.nextInt(reference.size() + 1), random.nextInt(50) > 0 ? attribute : null);
    }
    return reference;
  }

  /** Whether a value under this name must not be shown; what a driver takes may be shown. */
  private static boolean isSecretOrUnknown(String name) {
    return name == null
        || name.endsWith("password")
        || (PropertyTable.find(name) == null && !name.startsWith("dataSource."));
  }

  private static String name(Random random) {
    List<String> names = new ArrayList<>();
    PropertyTable.all().forEach(p -> names.add(p.name()));
    names.addAll(
        List.of(
            "",
            " ",
            "dataSource.",
            "dataSource.password",
            "dataSource.dataSourceJNDI",
            "healthCheck.x",
            "metricRegistry",
            "healthCheckRegistry",
            "credentials",
            "factory"));
    String name = Texts.one(random, names);
    return switch (random.nextInt(8)) {
      case 0 -> Texts.damaged(random, name);
      case 1 -> name.toUpperCase(Locale.ROOT);
      case 2 -> random.nextInt(10) == 0 ? null : name.repeat(random.nextInt(30));
      default -> name;
    };
  }

  private static String content(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> null;
      case 1 -> Texts.any(random);
      case 2 -> Integer.toString(random.nextInt());
      case 3 -> random.nextInt(100) + "s";
      case 4 -> Boolean.toString(random.nextBoolean());
      case 5 -> TRAP_CLASS;
      case 6 -> "jdbc:trap:" + "y".repeat(random.nextInt(2_000)) + "?password=" + SECRET;
      case 7 -> "9".repeat(random.nextInt(200)) + "\n" + (char) random.nextInt(0x10000);
      default -> "java:comp/env/jdbc/x";
    };
  }

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void longText_takesNoLonger() {
    Texts.longOnes()
        .forEach(
            text -> {
              Reference reference = new Reference("javax.sql.DataSource");
              reference.add(new StringRefAddr(text, SECRET));
              for (String name : List.of("url", "driverClassName", "poolName", "keepaliveTime")) {
                reference.add(new StringRefAddr(name, text));
              }
              Throwable thrown = catchThrowable(() -> make(reference));
              assertThat(thrown)
                  .isInstanceOf(TidepoolConfigException.class)
                  .hasMessageNotContaining(SECRET);
              assertThat(thrown.getMessage()).hasSizeLessThan(10_000);
            });
  }

  @Test
  void textThatOtherPoolsLookUp_isLeftAlone() throws NamingException {
    Reference reference = new Reference("javax.sql.DataSource");
    reference.add(new StringRefAddr("url", TRAP_URL));
    reference.add(new StringRefAddr("metricRegistry", "ldap://127.0.0.1/x"));
    reference.add(new StringRefAddr("healthCheckRegistry", "java:comp/env/x"));
    reference.add(new StringRefAddr("threadFactory", TRAP_CLASS));
    reference.add(new StringRefAddr("exceptionOverrideClassName", TRAP_CLASS));
    reference.add(new StringRefAddr("credentialsProvider", TRAP_CLASS));
    try (TidepoolDataSource pool = (TidepoolDataSource) make(reference)) {
      assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    }
    assertThat(inTheFactory).isEmpty();
  }

  // ---- that the traps are none in name only

  @Test
  void trapsForConnectsAndClasses_springWhenAConnectionIsAskedFor() throws Exception {
    Reference reference = new Reference("javax.sql.DataSource");
    reference.add(new StringRefAddr("url", TRAP_URL));
    reference.add(new StringRefAddr("initializationFailTimeout", "1"));
    try (TidepoolDataSource pool = (TidepoolDataSource) make(reference)) {
      assertThat(catchThrowable(pool::getConnection)).isInstanceOf(SQLException.class);
    }
    assertThat(SPRUNG).contains("accepts", "connect");
    reference.add(new StringRefAddr("driverClassName", TRAP_CLASS));
    try (TidepoolDataSource pool = (TidepoolDataSource) make(reference)) {
      assertThat(inTheFactory).isEmpty();
      assertThat(catchThrowable(pool::getConnection))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("driverClassName=" + TRAP_CLASS);
    }
    assertThat(SPRUNG).contains("class " + TRAP_CLASS);
  }

  @Test
  void trapForLookUps_springsForAPoolOfTheProgram() {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSourceJNDI("jdbc/x");
      assertThat(catchThrowable(pool::getConnection))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dataSourceJNDI=jdbc/x was not found");
    }
    assertThat(SPRUNG).contains("context");
  }
}
