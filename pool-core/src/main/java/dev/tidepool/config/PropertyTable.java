package dev.tidepool.config;

import static dev.tidepool.config.Rule.CLASS_NAME;
import static dev.tidepool.config.Rule.ISOLATION;
import static dev.tidepool.config.Rule.JDBC_URL_FORM;
import static dev.tidepool.config.Rule.MOST_MILLIS;
import static dev.tidepool.config.Rule.NAME_FORM;
import static dev.tidepool.config.Rule.TEXT_KEYS;
import static dev.tidepool.config.Rule.WHOLE_SECONDS;
import static dev.tidepool.config.Rule.atLeast;
import static dev.tidepool.config.Rule.between;
import static dev.tidepool.config.Rule.within;
import static dev.tidepool.config.Rule.zeroOr;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.Role;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of every property: name, type, default, rule and meaning. Text parser, checks,
 * documentation and tests read it; the order is that of the documentation.
 */
public final class PropertyTable {
  static final String DATA_SOURCE_PREFIX = "dataSource.";

  private static final String HEALTH_CHECK_PREFIX = "healthCheck.";

  // Filled by the declarations below, so it stands before them.
  private static final List<Property<?>> DECLARED = new ArrayList<>();

  // Where to connect, and as whom.
  public static final Property<String> JDBC_URL =
      text("jdbcUrl").rule(JDBC_URL_FORM).alias("url").doc("JDBC URL of the database.");
  public static final Property<String> DRIVER_CLASS_NAME =
      text("driverClassName")
          .rule(CLASS_NAME)
          .doc("Driver class for jdbcUrl; needed only if the driver does not register itself.");
  public static final Property<String> DATA_SOURCE_CLASS_NAME =
      text("dataSourceClassName")
          .rule(CLASS_NAME)
          .doc("Class of the driver's data source, to be used in place of jdbcUrl.");
  public static final Property<DataSource> DATA_SOURCE =
      object("dataSource", DataSource.class)
          .className(DATA_SOURCE_CLASS_NAME)
          .doc(
              "The driver's data source itself; in text, its class name, as in"
                  + " dataSourceClassName.");
  public static final Property<String> DATA_SOURCE_JNDI =
      text("dataSourceJNDI").alias("dataSourceJndi").doc("JNDI name of the driver's data source.");
  public static final Property<Properties> DATA_SOURCE_PROPERTIES =
      object("dataSourceProperties", Properties.class)
          .rule(TEXT_KEYS)
          .byDefault("", settings -> new Properties())
          .readAs(Settings::copyOf)
          .doc(
              "Properties for the driver or its data source; in text, one dataSource.NAME for"
                  + " each.");
  public static final Property<String> USERNAME =
      text("username")
          .alias("user")
          .keepBlank()
          .runtime()
          .doc("User to log in as; after a change all sessions are replaced, one by one.");
  public static final Property<String> PASSWORD =
      text("password")
          .keepBlank()
          .secret()
          .runtime()
          .doc("Password to log in with; after a change all sessions are replaced, one by one.");
  public static final Property<String> CREDENTIALS_PROVIDER_CLASS_NAME =
      text("credentialsProviderClassName")
          .rule(CLASS_NAME)
          .doc("Class of a CredentialsProvider with a public no-argument constructor.");
  public static final Property<CredentialsProvider> CREDENTIALS_PROVIDER =
      object("credentialsProvider", CredentialsProvider.class)
          .className(CREDENTIALS_PROVIDER_CLASS_NAME)
          .runtime()
          .doc("Asked for user and password at each connect, in place of username and password.");

  // How many.
  public static final Property<String> POOL_NAME =
      text("poolName")
          .rule(NAME_FORM)
          .byDefault("tidepool-N", Settings::generatedName)
          .keepBlank()
          .doc("Name of the pool in logs, threads, JMX and exceptions.");
  public static final Property<Integer> MAXIMUM_POOL_SIZE =
      object("maximumPoolSize", Integer.class)
          .rule(between(1, 10_000))
          .byDefault(10)
          .runtime()
          .doc("Most connections open or being opened at a time.");
  public static final Property<Integer> MINIMUM_IDLE =
      object("minimumIdle", Integer.class)
          .rule(between(0, 10_000))
          .byDefault("maximumPoolSize", Settings::defaultMinimumIdle)
          .runtime()
          .doc("Idle connections the pool tries to keep ready.");
  public static final Property<Integer> MAXIMUM_WAITERS =
      object("maximumWaiters", Integer.class)
          .rule(atLeast(0))
          .byDefault(0)
          .runtime()
          .doc(
              "Borrowers that may wait at a time, further ones are refused at once; 0 for no"
                  + " limit.");

  // How long.
  public static final Property<Duration> CONNECTION_TIMEOUT =
      duration("connectionTimeout", "30s", zeroOr("1ms", MOST_MILLIS))
          .readAs(Settings::zeroAsLongest)
          .runtime()
          .doc(
              "Hard bound of a borrow, checks and connects included; 0, as in HikariCP, means"
                  + " 2147483647 ms.");
  public static final Property<Duration> CONNECT_TIMEOUT =
      duration("connectTimeout", "10s", within("100ms", "10m"))
          .doc("Time for one physical connect with its login and session set-up.");
  public static final Property<Integer> CONNECT_CONCURRENCY =
      object("connectConcurrency", Integer.class)
          .rule(between(1, 64))
          .byDefault("maximumPoolSize, at most 16", Settings::defaultConnectConcurrency)
          .doc("Connects under way at a time.");
  public static final Property<Duration> MAX_LIFETIME =
      duration("maxLifetime", "30m", zeroOr("1s", "365d"))
          .runtime()
          .doc("Age at which a connection is retired once it is not in use; 0 for never.");
  public static final Property<Double> LIFETIME_JITTER =
      object("lifetimeJitter", Double.class)
          .rule(between(0.0, 0.9))
          .byDefault(0.25)
          .doc("Share of maxLifetime by which a connection may be retired earlier, at random.");
  public static final Property<Duration> IDLE_TIMEOUT =
      duration("idleTimeout", "10m", zeroOr("100ms", "365d"))
          .runtime()
          .doc(
              "Time without a borrower after which a connection above minimumIdle is retired; 0 for"
                  + " never.");
  public static final Property<Long> MAX_USES =
      object("maxUses", Long.class)
          .rule(atLeast(0L))
          .byDefault(0L)
          .doc("Borrows after which a connection is retired; 0 for no limit.");
  public static final Property<Duration> INITIALIZATION_FAIL_TIMEOUT =
      duration("initializationFailTimeout", "1ms", within("-365d", "365d"))
          .doc(
              "How long the start tries to connect before it fails; 0 tries once and tolerates,"
                  + " below 0 does not try.");

  // Keeping connections alive.
  public static final Property<Duration> KEEPALIVE_TIME =
      duration("keepaliveTime", "45s", zeroOr("100ms", "365d"))
          .runtime()
          .doc("A connection without traffic for this long is pinged; 0 turns the heartbeat off.");
  public static final Property<Duration> KEEPALIVE_TIMEOUT =
      duration("keepaliveTimeout", "1s", within("50ms", "1m"))
          .runtime()
          .doc(
              "Deadline of one ping; then its connection is given up. It does not run out while the JVM stands still.");
  public static final Property<String> KEEPALIVE_QUERY =
      text("keepaliveQuery")
          .doc(
              "Statement to ping with; else connectionTestQuery, else Connection.isValid. The first"
                  + " connection tries it, and is refused if it fails.");
  public static final Property<Boolean> KEEPALIVE_ADAPTIVE =
      flag("keepaliveAdaptive", true)
          .doc(
              "Learn how long server (PostgreSQL, MySQL, MariaDB) and path let a connection be idle, and"
                  + " ping before that.");
  public static final Property<Boolean> IDLE_WATCH =
      flag("idleWatch", true)
          .doc(
              "Watch the sockets of idle connections, so that one closed by the server or the path is"
                  + " noticed at once (PostgreSQL, MariaDB).");
  public static final Property<Duration> VALIDATE_AFTER_IDLE =
      duration("validateAfterIdle", "500ms", zeroOr("1ms", "365d"))
          .doc(
              "A connection without traffic for longer is checked before it is handed out; 0 checks"
                  + " always.");
  public static final Property<Duration> VALIDATION_TIMEOUT =
      duration("validationTimeout", "5s", within("50ms", MOST_MILLIS))
          .runtime()
          .doc("Deadline of one check before handing out.");
  public static final Property<Duration> HEDGE_AFTER =
      duration("hedgeAfter", "100ms", zeroOr("1ms", "365d"))
          .doc(
              "A check slower than this no longer holds its borrower back: another way is tried"
                  + " too; 0 for never.");
  public static final Property<Boolean> ABORT_IN_USE_ON_FAILOVER =
      flag("abortInUseOnFailover", false)
          .doc(
              "After a failover, end calls in flight whose sessions the new server does not list"
                  + " (PostgreSQL, MySQL, MariaDB).");
  public static final Property<Boolean> TCP_KEEP_ALIVE =
      flag("tcpKeepAlive", true).doc("Turn on TCP keepalive on every driver socket within reach.");
  public static final Property<Duration> TCP_KEEP_IDLE =
      duration("tcpKeepIdle", "45s", WHOLE_SECONDS)
          .doc("Silence before the first TCP keepalive probe.");
  public static final Property<Duration> TCP_KEEP_INTERVAL =
      duration("tcpKeepInterval", "10s", WHOLE_SECONDS)
          .doc("Time between two TCP keepalive probes.");
  public static final Property<Integer> TCP_KEEP_COUNT =
      object("tcpKeepCount", Integer.class)
          .rule(between(1, 127))
          .byDefault(3)
          .doc("TCP keepalive probes without an answer before the kernel gives the connection up.");
  public static final Property<Duration> TCP_USER_TIMEOUT =
      duration("tcpUserTimeout", "0", zeroOr("1s", "1h"))
          .doc(
              "Time that sent bytes may stay unacknowledged before the kernel gives the connection up"
                  + " (PostgreSQL, MariaDB; Linux, Java 22); 0 keeps the system's.");
  public static final Property<Role> REQUIRED_ROLE =
      object("requiredRole", Role.class)
          .byDefault(Role.ANY)
          .doc("Role the server must have: any, primary (writable) or standby (read-only).");

  // Watching.
  public static final Property<Duration> LEAK_DETECTION_THRESHOLD =
      duration("leakDetectionThreshold", "0", zeroOr("100ms", "365d"))
          .runtime()
          .doc("A connection out for longer is reported as a possible leak; 0 for never.");
  public static final Property<Boolean> LEAK_DETECTION_STACK_TRACE =
      flag("leakDetectionStackTrace", false)
          .doc(
              "Record the borrower's stack at each borrow, to name it in leak reports; this slows"
                  + " borrowing.");
  public static final Property<Duration> MAX_BORROW_TIME =
      duration("maxBorrowTime", "0", zeroOr("1s", "365d"))
          .runtime()
          .doc(
              "A connection out for longer is taken back: it is cut off, and its borrower's calls"
                  + " fail; 0 for never.");
  public static final Property<Boolean> REPORT_HOLDERS =
      flag("reportHolders", false)
          .runtime()
          .doc(
              "Whether a borrower that times out is told who has the connections, for how long, and"
                  + " where those threads are.");
  public static final Property<Boolean> REPORT_SQL =
      flag("reportSql", false)
          .runtime()
          .doc(
              "Whether reports of leaks, of maxBorrowTime and of reportHolders show what the borrower"
                  + " sent last: the SQL up to its first value in quotes, without numbers and"
                  + " parameters.");
  public static final Property<Boolean> REGISTER_MBEANS =
      flag("registerMbeans", false).doc("Register the pool with JMX.");

  // What a borrower finds.
  public static final Property<Duration> NETWORK_TIMEOUT =
      duration("networkTimeout", "0", zeroOr("1ms", MOST_MILLIS))
          .doc("Network timeout of the borrower's calls; 0 keeps the driver's own.");
  public static final Property<Boolean> AUTO_COMMIT =
      flag("autoCommit", true).doc("Auto-commit mode of a connection when borrowed.");
  public static final Property<Boolean> READ_ONLY =
      flag("readOnly", false).doc("Whether a connection is read-only when borrowed.");
  public static final Property<String> TRANSACTION_ISOLATION =
      text("transactionIsolation")
          .rule(ISOLATION)
          .doc("Isolation level when borrowed, such as READ_COMMITTED; unset keeps the driver's.");
  public static final Property<String> CATALOG =
      text("catalog").doc("Catalog of a connection when borrowed; unset keeps the driver's.");
  public static final Property<String> SCHEMA =
      text("schema").doc("Schema of a connection when borrowed; unset keeps the driver's.");
  public static final Property<String> CONNECTION_INIT_SQL =
      text("connectionInitSql").doc("Statement run once on each new connection.");
  public static final Property<String> CONNECTION_RESET_SQL =
      text("connectionResetSql")
          .doc(
              "Statement run when a used connection comes back, such as DISCARD ALL; what it undoes"
                  + " of connectionInitSql it must do again. If it fails the connection is replaced,"
                  + " and the log warns.");
  public static final Property<String> CONNECTION_TEST_QUERY =
      text("connectionTestQuery")
          .doc(
              "Statement to check connections with; unset uses Connection.isValid. The first"
                  + " connection tries it, and is refused if it fails.");
  public static final Property<Boolean> ISOLATE_INTERNAL_QUERIES =
      flag("isolateInternalQueries", false)
          .doc("With autoCommit off, end the transaction of the pool's own statements.");

  // Extension points and what HikariCP has.
  public static final Property<Boolean> ALLOW_POOL_SUSPENSION =
      flag("allowPoolSuspension", false)
          .doc("Accepted for HikariCP's sake and without effect: a pool can always be suspended.");
  public static final Property<String> THREAD_FACTORY_CLASS_NAME =
      text("threadFactoryClassName")
          .rule(CLASS_NAME)
          .doc("Class of a ThreadFactory with a public no-argument constructor.");
  public static final Property<ThreadFactory> THREAD_FACTORY =
      object("threadFactory", ThreadFactory.class)
          .className(THREAD_FACTORY_CLASS_NAME)
          .doc(
              "Makes the pool's threads, which are then not shared with other pools; in text, its"
                  + " class name.");
  public static final Property<String> EXCEPTION_OVERRIDE_CLASS_NAME =
      text("exceptionOverrideClassName")
          .rule(CLASS_NAME)
          .doc(
              "Class of a FailureClassifier, or of an SQLExceptionOverride written for HikariCP, with"
                  + " a public no-argument constructor.");
  public static final Property<FailureClassifier> FAILURE_CLASSIFIER =
      object("failureClassifier", FailureClassifier.class)
          .alias("exceptionOverride")
          .className(EXCEPTION_OVERRIDE_CLASS_NAME)
          .doc("Decides which errors of the driver retire their connection.");

  private static final String NO_HEALTH_CHECKS =
      "the pool feeds no health check registry; use stats()";
  private static final String NO_METRICS = "metrics are attached to the running pool from outside";

  /** What HikariCP has and this pool has no use for, with the reason. */
  private static final Map<String, String> IGNORED =
      Map.of(
          "metricRegistry", NO_METRICS,
          "metricsTrackerFactory", NO_METRICS,
          "healthCheckRegistry", NO_HEALTH_CHECKS,
          "healthCheckProperties", NO_HEALTH_CHECKS,
          "scheduledExecutor", "the pool keeps its own time; use threadFactory for its threads");

  private static final Map<String, Property<?>> BY_NAME = byName();
  private static final Map<String, Integer> POSITIONS = positions();

  private PropertyTable() {}

  /** Every property, in the order of the documentation. */
  public static List<Property<?>> all() {
    return Collections.unmodifiableList(DECLARED);
  }

  /** The property with this name or alias; null if there is none. */
  public static @Nullable Property<?> find(String name) {
    return BY_NAME.get(name);
  }

  /** The table of all properties in Markdown, as the README has it. */
  public static String toMarkdown() {
    StringBuilder table =
        new StringBuilder("| property | type | default | must be | at run time | meaning |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (Property<?> p : DECLARED) {
      String aliases = p.aliases().isEmpty() ? "" : " (`" + String.join("`, `", p.aliases()) + "`)";
      table.append("| `").append(p.name()).append('`').append(aliases);
      table.append(" | ").append(typeName(p));
      table.append(" | ").append(p.defaultText());
      table.append(" | ").append(p.rule());
      table.append(" | ").append(p.isRuntimeChangeable() ? "yes" : "");
      table.append(" | ").append(p.documentation()).append(" |\n");
    }
    return table.toString();
  }

  /** All names and aliases. */
  static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** Whether {@code name} is one property for the driver, such as {@code dataSource.ssl}. */
  static boolean isDataSourceProperty(String name) {
    return name.startsWith(DATA_SOURCE_PREFIX) && name.length() > DATA_SOURCE_PREFIX.length();
  }

  /** Why a property of HikariCP has no effect here; null if {@code name} is none. */
  static @Nullable String ignoredBecause(String name) {
    return name.startsWith(HEALTH_CHECK_PREFIX) ? NO_HEALTH_CHECKS : IGNORED.get(name);
  }

  /** Where a name or alias stands in the table; unknown names come last. */
  static int position(String name) {
    return POSITIONS.getOrDefault(name, DECLARED.size());
  }

  private static String typeName(Property<?> property) {
    Class<?> type = property.type();
    boolean number = Number.class.isAssignableFrom(type) || type == Boolean.class;
    return number
        ? MethodType.methodType(type).unwrap().returnType().getName()
        : type.getSimpleName();
  }

  private static Map<String, Property<?>> byName() {
    Map<String, Property<?>> map = new LinkedHashMap<>();
    for (Property<?> property : DECLARED) {
      map.put(property.name(), property);
      property.aliases().forEach(alias -> map.put(alias, property));
    }
    return Collections.unmodifiableMap(map);
  }

  private static Map<String, Integer> positions() {
    Map<String, Integer> map = new LinkedHashMap<>();
    BY_NAME.forEach((name, property) -> map.put(name, DECLARED.indexOf(property)));
    return map;
  }

  private static Declaration<String> text(String name) {
    return object(name, String.class);
  }

  private static Declaration<Boolean> flag(String name, boolean byDefault) {
    return object(name, Boolean.class).byDefault(byDefault);
  }

  private static Declaration<Duration> duration(
      String name, String byDefault, Rule<Duration> rule) {
    return object(name, Duration.class).rule(rule).byDefault(TextValues.duration(byDefault));
  }

  private static <T> Declaration<T> object(String name, Class<T> type) {
    return new Declaration<>(DECLARED, name, type);
  }
}
