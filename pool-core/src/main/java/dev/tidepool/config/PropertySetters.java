package dev.tidepool.config;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.Role;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The typed methods of a builder, one for each property. Rules are checked when it builds. */
abstract class PropertySetters<B extends PropertySetters<B>> extends ConfigDraft<B> {
  PropertySetters() {}

  /** JDBC URL of the database. */
  public B jdbcUrl(@Nullable String value) {
    return set(PropertyTable.JDBC_URL, value);
  }

  /** Driver class for {@code jdbcUrl}; needed only if the driver does not register itself. */
  public B driverClassName(@Nullable String value) {
    return set(PropertyTable.DRIVER_CLASS_NAME, value);
  }

  /** Class of the driver's data source, to be used in place of jdbcUrl. */
  public B dataSourceClassName(@Nullable String value) {
    return set(PropertyTable.DATA_SOURCE_CLASS_NAME, value);
  }

  /** The driver's data source itself; in text, its class name, as in dataSourceClassName. */
  public B dataSource(@Nullable DataSource value) {
    return set(PropertyTable.DATA_SOURCE, value);
  }

  /** JNDI name of the driver's data source. */
  public B dataSourceJNDI(@Nullable String value) {
    return set(PropertyTable.DATA_SOURCE_JNDI, value);
  }

  /**
   * Properties for the driver or its data source; in text, one {@code dataSource.NAME} for each.
   * Adds to those set before; null removes all.
   */
  public B dataSourceProperties(@Nullable Properties value) {
    return set(PropertyTable.DATA_SOURCE_PROPERTIES, value);
  }

  /** User to log in as; after a change all sessions are replaced, one by one. */
  public B username(@Nullable String value) {
    return set(PropertyTable.USERNAME, value);
  }

  /** Password to log in with; after a change all sessions are replaced, one by one. */
  public B password(@Nullable String value) {
    return set(PropertyTable.PASSWORD, value);
  }

  /** Class of a CredentialsProvider with a public no-argument constructor. */
  public B credentialsProviderClassName(@Nullable String value) {
    return set(PropertyTable.CREDENTIALS_PROVIDER_CLASS_NAME, value);
  }

  /** Asked for user and password at each connect, in place of username and password. */
  public B credentialsProvider(@Nullable CredentialsProvider value) {
    return set(PropertyTable.CREDENTIALS_PROVIDER, value);
  }

  /** Name of the pool in logs, threads, JMX and exceptions. */
  public B poolName(@Nullable String value) {
    return set(PropertyTable.POOL_NAME, value);
  }

  /** Most connections open or being opened at a time. */
  public B maximumPoolSize(int value) {
    return set(PropertyTable.MAXIMUM_POOL_SIZE, value);
  }

  /** Idle connections the pool tries to keep ready. */
  public B minimumIdle(int value) {
    return set(PropertyTable.MINIMUM_IDLE, value);
  }

  /** Borrowers that may wait at a time, further ones are refused at once; 0 for no limit. */
  public B maximumWaiters(int value) {
    return set(PropertyTable.MAXIMUM_WAITERS, value);
  }

  /**
   * Hard bound of a borrow, checks and connects included; 0, as in HikariCP, means 2147483647 ms.
   */
  public B connectionTimeout(Duration value) {
    return set(PropertyTable.CONNECTION_TIMEOUT, value);
  }

  /** Time for one physical connect with its login and session set-up. */
  public B connectTimeout(Duration value) {
    return set(PropertyTable.CONNECT_TIMEOUT, value);
  }

  /** Connects under way at a time. */
  public B connectConcurrency(int value) {
    return set(PropertyTable.CONNECT_CONCURRENCY, value);
  }

  /** Age at which a connection is retired once it is not in use; 0 for never. */
  public B maxLifetime(Duration value) {
    return set(PropertyTable.MAX_LIFETIME, value);
  }

  /** Share of {@code maxLifetime} by which a connection may be retired earlier, at random. */
  public B lifetimeJitter(double value) {
    return set(PropertyTable.LIFETIME_JITTER, value);
  }

  /**
   * Time without a borrower after which a connection above {@code minimumIdle} is retired; 0 for
   * never.
   */
  public B idleTimeout(Duration value) {
    return set(PropertyTable.IDLE_TIMEOUT, value);
  }

  /** Borrows after which a connection is retired; 0 for no limit. */
  public B maxUses(long value) {
    return set(PropertyTable.MAX_USES, value);
  }

  /**
   * How long the start tries to connect before it fails; 0 tries once and tolerates, below 0 does
   * not try.
   */
  public B initializationFailTimeout(Duration value) {
    return set(PropertyTable.INITIALIZATION_FAIL_TIMEOUT, value);
  }

  /** A connection without traffic for this long is pinged; 0 turns the heartbeat off. */
  public B keepaliveTime(Duration value) {
    return set(PropertyTable.KEEPALIVE_TIME, value);
  }

  /**
   * Deadline of one ping; then its connection is given up. It does not run out while the JVM stands
   * still.
   */
  public B keepaliveTimeout(Duration value) {
    return set(PropertyTable.KEEPALIVE_TIMEOUT, value);
  }

  /**
   * Statement to ping with; else {@code connectionTestQuery}, else Connection.isValid. The first
   * connection tries it, and is refused if it fails.
   */
  public B keepaliveQuery(@Nullable String value) {
    return set(PropertyTable.KEEPALIVE_QUERY, value);
  }

  /** Learn the idle limits of server and path, and ping before they strike. */
  public B keepaliveAdaptive(boolean value) {
    return set(PropertyTable.KEEPALIVE_ADAPTIVE, value);
  }

  /** Watch the sockets of idle connections, so that one closed by the server is noticed at once. */
  public B idleWatch(boolean value) {
    return set(PropertyTable.IDLE_WATCH, value);
  }

  /**
   * A connection without traffic for longer is checked before it is handed out; 0 checks always.
   */
  public B validateAfterIdle(Duration value) {
    return set(PropertyTable.VALIDATE_AFTER_IDLE, value);
  }

  /** Deadline of one check before handing out. */
  public B validationTimeout(Duration value) {
    return set(PropertyTable.VALIDATION_TIMEOUT, value);
  }

  /**
   * A check slower than this no longer holds its borrower back: another way is tried too; 0 for
   * never.
   */
  public B hedgeAfter(Duration value) {
    return set(PropertyTable.HEDGE_AFTER, value);
  }

  /** After a failover, end calls in flight whose sessions the new server does not list. */
  public B abortInUseOnFailover(boolean value) {
    return set(PropertyTable.ABORT_IN_USE_ON_FAILOVER, value);
  }

  /** Turn on TCP keepalive on every driver socket within reach. */
  public B tcpKeepAlive(boolean value) {
    return set(PropertyTable.TCP_KEEP_ALIVE, value);
  }

  /** Silence before the first TCP keepalive probe. */
  public B tcpKeepIdle(Duration value) {
    return set(PropertyTable.TCP_KEEP_IDLE, value);
  }

  /** Time between two TCP keepalive probes. */
  public B tcpKeepInterval(Duration value) {
    return set(PropertyTable.TCP_KEEP_INTERVAL, value);
  }

  /** TCP keepalive probes without an answer before the kernel gives the connection up. */
  public B tcpKeepCount(int value) {
    return set(PropertyTable.TCP_KEEP_COUNT, value);
  }

  /**
   * Time that sent bytes may stay unacknowledged before the kernel gives the connection up
   * (PostgreSQL, MariaDB; Linux, Java 22); 0 keeps the system's.
   */
  public B tcpUserTimeout(Duration value) {
    return set(PropertyTable.TCP_USER_TIMEOUT, value);
  }

  /** Role the server must have: any, primary (writable) or standby (read-only). */
  public B requiredRole(Role value) {
    return set(PropertyTable.REQUIRED_ROLE, value);
  }

  /** A connection out for longer is reported as a possible leak; 0 for never. */
  public B leakDetectionThreshold(Duration value) {
    return set(PropertyTable.LEAK_DETECTION_THRESHOLD, value);
  }

  /**
   * Record the borrower's stack at each borrow, to name it in leak reports; this slows borrowing.
   */
  public B leakDetectionStackTrace(boolean value) {
    return set(PropertyTable.LEAK_DETECTION_STACK_TRACE, value);
  }

  /**
   * A connection out for longer is taken back: it is cut off, and its borrower's calls fail; 0 for
   * never.
   */
  public B maxBorrowTime(Duration value) {
    return set(PropertyTable.MAX_BORROW_TIME, value);
  }

  /**
   * Whether a borrower that times out is told who has the connections, for how long, and where
   * those threads are.
   */
  public B reportHolders(boolean value) {
    return set(PropertyTable.REPORT_HOLDERS, value);
  }

  /**
   * Whether reports of leaks, of maxBorrowTime and of reportHolders show what the borrower sent
   * last: the SQL up to its first value in quotes, without numbers and parameters.
   */
  public B reportSql(boolean value) {
    return set(PropertyTable.REPORT_SQL, value);
  }

  /** Register the pool with JMX. */
  public B registerMbeans(boolean value) {
    return set(PropertyTable.REGISTER_MBEANS, value);
  }

  /** Network timeout of the borrower's calls; 0 keeps the driver's own. */
  public B networkTimeout(Duration value) {
    return set(PropertyTable.NETWORK_TIMEOUT, value);
  }

  /** Auto-commit mode of a connection when borrowed. */
  public B autoCommit(boolean value) {
    return set(PropertyTable.AUTO_COMMIT, value);
  }

  /** Whether a connection is read-only when borrowed. */
  public B readOnly(boolean value) {
    return set(PropertyTable.READ_ONLY, value);
  }

  /** Isolation level when borrowed, such as READ_COMMITTED; unset keeps the driver's. */
  public B transactionIsolation(@Nullable String value) {
    return set(PropertyTable.TRANSACTION_ISOLATION, value);
  }

  /** Catalog of a connection when borrowed; unset keeps the driver's. */
  public B catalog(@Nullable String value) {
    return set(PropertyTable.CATALOG, value);
  }

  /** Schema of a connection when borrowed; unset keeps the driver's. */
  public B schema(@Nullable String value) {
    return set(PropertyTable.SCHEMA, value);
  }

  /** Statement run once on each new connection. */
  public B connectionInitSql(@Nullable String value) {
    return set(PropertyTable.CONNECTION_INIT_SQL, value);
  }

  /**
   * Statement run when a used connection comes back, such as DISCARD ALL; what it undoes of {@code
   * connectionInitSql} it must do again. If it fails the connection is replaced, and the log warns.
   */
  public B connectionResetSql(@Nullable String value) {
    return set(PropertyTable.CONNECTION_RESET_SQL, value);
  }

  /**
   * Statement to check connections with; unset uses Connection.isValid. The first connection tries
   * it, and is refused if it fails.
   */
  public B connectionTestQuery(@Nullable String value) {
    return set(PropertyTable.CONNECTION_TEST_QUERY, value);
  }

  /** With {@code autoCommit} off, end the transaction of the pool's own statements. */
  public B isolateInternalQueries(boolean value) {
    return set(PropertyTable.ISOLATE_INTERNAL_QUERIES, value);
  }

  /** Accepted for HikariCP's sake and without effect: a pool can always be suspended. */
  public B allowPoolSuspension(boolean value) {
    return set(PropertyTable.ALLOW_POOL_SUSPENSION, value);
  }

  /** Class of a ThreadFactory with a public no-argument constructor. */
  public B threadFactoryClassName(@Nullable String value) {
    return set(PropertyTable.THREAD_FACTORY_CLASS_NAME, value);
  }

  /**
   * Makes the pool's threads, which are then not shared with other pools; in text, its class name.
   */
  public B threadFactory(@Nullable ThreadFactory value) {
    return set(PropertyTable.THREAD_FACTORY, value);
  }

  /** Class of a FailureClassifier with a public no-argument constructor. */
  public B exceptionOverrideClassName(@Nullable String value) {
    return set(PropertyTable.EXCEPTION_OVERRIDE_CLASS_NAME, value);
  }

  /** Decides which errors of the driver retire their connection. */
  public B failureClassifier(@Nullable FailureClassifier value) {
    return set(PropertyTable.FAILURE_CLASSIFIER, value);
  }
}
