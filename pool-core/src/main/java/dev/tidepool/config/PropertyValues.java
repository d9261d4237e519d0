package dev.tidepool.config;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.Role;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The typed accessors of a configuration: the value in force, be it set or the default. */
abstract class PropertyValues {
  final Settings settings;

  PropertyValues(Settings settings) {
    this.settings = settings;
  }

  /** JDBC URL of the database. */
  public @Nullable String jdbcUrl() {
    return settings.get(PropertyTable.JDBC_URL);
  }

  /** Driver class for {@code jdbcUrl}; needed only if the driver does not register itself. */
  public @Nullable String driverClassName() {
    return settings.get(PropertyTable.DRIVER_CLASS_NAME);
  }

  /** Class of the driver's data source, to be used in place of jdbcUrl. */
  public @Nullable String dataSourceClassName() {
    return settings.get(PropertyTable.DATA_SOURCE_CLASS_NAME);
  }

  /** The driver's data source itself; in text, its class name, as in dataSourceClassName. */
  public @Nullable DataSource dataSource() {
    return settings.get(PropertyTable.DATA_SOURCE);
  }

  /** JNDI name of the driver's data source. */
  public @Nullable String dataSourceJNDI() {
    return settings.get(PropertyTable.DATA_SOURCE_JNDI);
  }

  /**
   * Properties for the driver or its data source; in text, one {@code dataSource.NAME} for each.
   */
  public Properties dataSourceProperties() {
    return settings.require(PropertyTable.DATA_SOURCE_PROPERTIES);
  }

  /** User to log in as; after a change all sessions are replaced, one by one. */
  public @Nullable String username() {
    return settings.get(PropertyTable.USERNAME);
  }

  /** Password to log in with; after a change all sessions are replaced, one by one. */
  public @Nullable String password() {
    return settings.get(PropertyTable.PASSWORD);
  }

  /** Class of a CredentialsProvider with a public no-argument constructor. */
  public @Nullable String credentialsProviderClassName() {
    return settings.get(PropertyTable.CREDENTIALS_PROVIDER_CLASS_NAME);
  }

  /** Asked for user and password at each connect, in place of username and password. */
  public @Nullable CredentialsProvider credentialsProvider() {
    return settings.get(PropertyTable.CREDENTIALS_PROVIDER);
  }

  /** Name of the pool in logs, threads, JMX and exceptions. */
  public String poolName() {
    return settings.require(PropertyTable.POOL_NAME);
  }

  /** Most connections open or being opened at a time. */
  public int maximumPoolSize() {
    return settings.require(PropertyTable.MAXIMUM_POOL_SIZE);
  }

  /** Idle connections the pool tries to keep ready. */
  public int minimumIdle() {
    return settings.require(PropertyTable.MINIMUM_IDLE);
  }

  /** Borrowers that may wait at a time, further ones are refused at once; 0 for no limit. */
  public int maximumWaiters() {
    return settings.require(PropertyTable.MAXIMUM_WAITERS);
  }

  /**
   * Hard bound of a borrow, checks and connects included; 0, as in HikariCP, means 2147483647 ms.
   */
  public Duration connectionTimeout() {
    return settings.require(PropertyTable.CONNECTION_TIMEOUT);
  }

  /** Time for one physical connect with its login and session set-up. */
  public Duration connectTimeout() {
    return settings.require(PropertyTable.CONNECT_TIMEOUT);
  }

  /** Connects under way at a time. */
  public int connectConcurrency() {
    return settings.require(PropertyTable.CONNECT_CONCURRENCY);
  }

  /** Age at which a connection is retired once it is not in use; 0 for never. */
  public Duration maxLifetime() {
    return settings.require(PropertyTable.MAX_LIFETIME);
  }

  /** Share of {@code maxLifetime} by which a connection may be retired earlier, at random. */
  public double lifetimeJitter() {
    return settings.require(PropertyTable.LIFETIME_JITTER);
  }

  /**
   * Time without a borrower after which a connection above {@code minimumIdle} is retired; 0 for
   * never.
   */
  public Duration idleTimeout() {
    return settings.require(PropertyTable.IDLE_TIMEOUT);
  }

  /** Borrows after which a connection is retired; 0 for no limit. */
  public long maxUses() {
    return settings.require(PropertyTable.MAX_USES);
  }

  /**
   * How long the start tries to connect before it fails; 0 tries once and tolerates, below 0 does
   * not try.
   */
  public Duration initializationFailTimeout() {
    return settings.require(PropertyTable.INITIALIZATION_FAIL_TIMEOUT);
  }

  /** A connection without traffic for this long is pinged; 0 turns the heartbeat off. */
  public Duration keepaliveTime() {
    return settings.require(PropertyTable.KEEPALIVE_TIME);
  }

  /**
   * Deadline of one ping; then its connection is given up. It does not run out while the JVM stands
   * still.
   */
  public Duration keepaliveTimeout() {
    return settings.require(PropertyTable.KEEPALIVE_TIMEOUT);
  }

  /**
   * Statement to ping with; else {@code connectionTestQuery}, else Connection.isValid. The first
   * connection tries it, and is refused if it fails.
   */
  public @Nullable String keepaliveQuery() {
    return settings.get(PropertyTable.KEEPALIVE_QUERY);
  }

  /** Learn the idle limits of server and path, and ping before they strike. */
  public boolean keepaliveAdaptive() {
    return settings.require(PropertyTable.KEEPALIVE_ADAPTIVE);
  }

  /** Watch the sockets of idle connections, so that one closed by the server is noticed at once. */
  public boolean idleWatch() {
    return settings.require(PropertyTable.IDLE_WATCH);
  }

  /**
   * A connection without traffic for longer is checked before it is handed out; 0 checks always.
   */
  public Duration validateAfterIdle() {
    return settings.require(PropertyTable.VALIDATE_AFTER_IDLE);
  }

  /** Deadline of one check before handing out. */
  public Duration validationTimeout() {
    return settings.require(PropertyTable.VALIDATION_TIMEOUT);
  }

  /**
   * A check slower than this no longer holds its borrower back: another way is tried too; 0 for
   * never.
   */
  public Duration hedgeAfter() {
    return settings.require(PropertyTable.HEDGE_AFTER);
  }

  /** After a failover, end calls in flight whose sessions the new server does not list. */
  public boolean abortInUseOnFailover() {
    return settings.require(PropertyTable.ABORT_IN_USE_ON_FAILOVER);
  }

  /** Turn on TCP keepalive on every driver socket within reach. */
  public boolean tcpKeepAlive() {
    return settings.require(PropertyTable.TCP_KEEP_ALIVE);
  }

  /** Silence before the first TCP keepalive probe. */
  public Duration tcpKeepIdle() {
    return settings.require(PropertyTable.TCP_KEEP_IDLE);
  }

  /** Time between two TCP keepalive probes. */
  public Duration tcpKeepInterval() {
    return settings.require(PropertyTable.TCP_KEEP_INTERVAL);
  }

  /** TCP keepalive probes without an answer before the kernel gives the connection up. */
  public int tcpKeepCount() {
    return settings.require(PropertyTable.TCP_KEEP_COUNT);
  }

  /**
   * Time that sent bytes may stay unacknowledged before the kernel gives the connection up
   * (PostgreSQL, MariaDB; Linux, Java 22); 0 keeps the system's.
   */
  public Duration tcpUserTimeout() {
    return settings.require(PropertyTable.TCP_USER_TIMEOUT);
  }

  /** Role the server must have: any, primary (writable) or standby (read-only). */
  public Role requiredRole() {
    return settings.require(PropertyTable.REQUIRED_ROLE);
  }

  /** A connection out for longer is reported as a possible leak; 0 for never. */
  public Duration leakDetectionThreshold() {
    return settings.require(PropertyTable.LEAK_DETECTION_THRESHOLD);
  }

  /**
   * Record the borrower's stack at each borrow, to name it in leak reports; this slows borrowing.
   */
  public boolean leakDetectionStackTrace() {
    return settings.require(PropertyTable.LEAK_DETECTION_STACK_TRACE);
  }

  /**
   * A connection out for longer is taken back: it is cut off, and its borrower's calls fail; 0 for
   * never.
   */
  public Duration maxBorrowTime() {
    return settings.require(PropertyTable.MAX_BORROW_TIME);
  }

  /**
   * Whether a borrower that times out is told who has the connections, for how long, and where
   * those threads are.
   */
  public boolean reportHolders() {
    return settings.require(PropertyTable.REPORT_HOLDERS);
  }

  /**
   * Whether reports of leaks, of maxBorrowTime and of reportHolders show what the borrower sent
   * last: the SQL up to its first value in quotes, without numbers and parameters.
   */
  public boolean reportSql() {
    return settings.require(PropertyTable.REPORT_SQL);
  }

  /** Register the pool with JMX. */
  public boolean registerMbeans() {
    return settings.require(PropertyTable.REGISTER_MBEANS);
  }

  /** Network timeout of the borrower's calls; 0 keeps the driver's own. */
  public Duration networkTimeout() {
    return settings.require(PropertyTable.NETWORK_TIMEOUT);
  }

  /** Auto-commit mode of a connection when borrowed. */
  public boolean autoCommit() {
    return settings.require(PropertyTable.AUTO_COMMIT);
  }

  /** Whether a connection is read-only when borrowed. */
  public boolean readOnly() {
    return settings.require(PropertyTable.READ_ONLY);
  }

  /** Isolation level when borrowed, such as READ_COMMITTED; unset keeps the driver's. */
  public @Nullable String transactionIsolation() {
    return settings.get(PropertyTable.TRANSACTION_ISOLATION);
  }

  /** Catalog of a connection when borrowed; unset keeps the driver's. */
  public @Nullable String catalog() {
    return settings.get(PropertyTable.CATALOG);
  }

  /** Schema of a connection when borrowed; unset keeps the driver's. */
  public @Nullable String schema() {
    return settings.get(PropertyTable.SCHEMA);
  }

  /** Statement run once on each new connection. */
  public @Nullable String connectionInitSql() {
    return settings.get(PropertyTable.CONNECTION_INIT_SQL);
  }

  /**
   * Statement run when a used connection comes back, such as DISCARD ALL; what it undoes of {@code
   * connectionInitSql} it must do again. If it fails the connection is replaced, and the log warns.
   */
  public @Nullable String connectionResetSql() {
    return settings.get(PropertyTable.CONNECTION_RESET_SQL);
  }

  /**
   * Statement to check connections with; unset uses Connection.isValid. The first connection tries
   * it, and is refused if it fails.
   */
  public @Nullable String connectionTestQuery() {
    return settings.get(PropertyTable.CONNECTION_TEST_QUERY);
  }

  /** With {@code autoCommit} off, end the transaction of the pool's own statements. */
  public boolean isolateInternalQueries() {
    return settings.require(PropertyTable.ISOLATE_INTERNAL_QUERIES);
  }

  /** Accepted for HikariCP's sake and without effect: a pool can always be suspended. */
  public boolean allowPoolSuspension() {
    return settings.require(PropertyTable.ALLOW_POOL_SUSPENSION);
  }

  /** Class of a ThreadFactory with a public no-argument constructor. */
  public @Nullable String threadFactoryClassName() {
    return settings.get(PropertyTable.THREAD_FACTORY_CLASS_NAME);
  }

  /**
   * Makes the pool's threads, which are then not shared with other pools; in text, its class name.
   */
  public @Nullable ThreadFactory threadFactory() {
    return settings.get(PropertyTable.THREAD_FACTORY);
  }

  /** Class of a FailureClassifier with a public no-argument constructor. */
  public @Nullable String exceptionOverrideClassName() {
    return settings.get(PropertyTable.EXCEPTION_OVERRIDE_CLASS_NAME);
  }

  /** Decides which errors of the driver retire their connection. */
  public @Nullable FailureClassifier failureClassifier() {
    return settings.get(PropertyTable.FAILURE_CLASSIFIER);
  }
}
