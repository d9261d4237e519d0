package dev.tidepool;

import dev.tidepool.api.Role;
import dev.tidepool.config.PropertyTable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every property of a pool as a JavaBean; getters answer the value in force. Thread-safe.
 *
 * <p>Setters take any value until the pool starts, which reports all violations at once. While the
 * pool runs, a property that can change is checked at once, with {@link
 * dev.tidepool.config.TidepoolConfigException} and no effect if it breaks a rule; any other setter
 * throws {@link IllegalStateException}, and so does one that is called from within a change, by a
 * {@code ThreadFactory} for example.
 */
public abstract class TidepoolProperties extends SourceProperties {
  /** For {@code TidepoolDataSource}. */
  protected TidepoolProperties() {}

  /** Name of the pool in logs, threads, JMX and exceptions. */
  public String getPoolName() {
    return require(PropertyTable.POOL_NAME);
  }

  /** Sets {@code poolName}; the default is tidepool-N. */
  public void setPoolName(@Nullable String value) {
    set(PropertyTable.POOL_NAME, value);
  }

  /** Most connections open or being opened at a time. */
  public int getMaximumPoolSize() {
    return require(PropertyTable.MAXIMUM_POOL_SIZE);
  }

  /** Sets {@code maximumPoolSize}; the default is 10. May be called while the pool runs. */
  public void setMaximumPoolSize(int value) {
    set(PropertyTable.MAXIMUM_POOL_SIZE, value);
  }

  /** Idle connections the pool tries to keep ready. */
  public int getMinimumIdle() {
    return require(PropertyTable.MINIMUM_IDLE);
  }

  /**
   * Sets {@code minimumIdle}; the default is maximumPoolSize. May be called while the pool runs.
   */
  public void setMinimumIdle(int value) {
    set(PropertyTable.MINIMUM_IDLE, value);
  }

  /** Borrowers that may wait at a time, further ones are refused at once; 0 for no limit. */
  public int getMaximumWaiters() {
    return require(PropertyTable.MAXIMUM_WAITERS);
  }

  /** Sets {@code maximumWaiters}; the default is 0. May be called while the pool runs. */
  public void setMaximumWaiters(int value) {
    set(PropertyTable.MAXIMUM_WAITERS, value);
  }

  /**
   * Hard bound of a borrow, checks and connects included; 0, as in HikariCP, means 2147483647 ms.
   */
  public Duration getConnectionTimeout() {
    return require(PropertyTable.CONNECTION_TIMEOUT);
  }

  /** Sets {@code connectionTimeout}; the default is 30s. May be called while the pool runs. */
  public void setConnectionTimeout(Duration value) {
    set(PropertyTable.CONNECTION_TIMEOUT, value);
  }

  /** Time for one physical connect with its login and session set-up. */
  public Duration getConnectTimeout() {
    return require(PropertyTable.CONNECT_TIMEOUT);
  }

  /** Sets {@code connectTimeout}; the default is 10s. */
  public void setConnectTimeout(Duration value) {
    set(PropertyTable.CONNECT_TIMEOUT, value);
  }

  /** Connects under way at a time. */
  public int getConnectConcurrency() {
    return require(PropertyTable.CONNECT_CONCURRENCY);
  }

  /** Sets {@code connectConcurrency}; the default is {@code maximumPoolSize}, at most 16. */
  public void setConnectConcurrency(int value) {
    set(PropertyTable.CONNECT_CONCURRENCY, value);
  }

  /** Age at which a connection is retired once it is not in use; 0 for never. */
  public Duration getMaxLifetime() {
    return require(PropertyTable.MAX_LIFETIME);
  }

  /** Sets {@code maxLifetime}; the default is 30m. May be called while the pool runs. */
  public void setMaxLifetime(Duration value) {
    set(PropertyTable.MAX_LIFETIME, value);
  }

  /** Share of {@code maxLifetime} by which a connection may be retired earlier, at random. */
  public double getLifetimeJitter() {
    return require(PropertyTable.LIFETIME_JITTER);
  }

  /** Sets {@code lifetimeJitter}; the default is 0.25. */
  public void setLifetimeJitter(double value) {
    set(PropertyTable.LIFETIME_JITTER, value);
  }

  /**
   * Time without a borrower after which a connection above {@code minimumIdle} is retired; 0 for
   * never.
   */
  public Duration getIdleTimeout() {
    return require(PropertyTable.IDLE_TIMEOUT);
  }

  /** Sets {@code idleTimeout}; the default is 10m. May be called while the pool runs. */
  public void setIdleTimeout(Duration value) {
    set(PropertyTable.IDLE_TIMEOUT, value);
  }

  /** Borrows after which a connection is retired; 0 for no limit. */
  public long getMaxUses() {
    return require(PropertyTable.MAX_USES);
  }

  /** Sets {@code maxUses}; the default is 0. */
  public void setMaxUses(long value) {
    set(PropertyTable.MAX_USES, value);
  }

  /**
   * How long the start tries to connect before it fails; 0 tries once and tolerates, below 0 does
   * not try.
   */
  public Duration getInitializationFailTimeout() {
    return require(PropertyTable.INITIALIZATION_FAIL_TIMEOUT);
  }

  /** Sets {@code initializationFailTimeout}; the default is 1ms. */
  public void setInitializationFailTimeout(Duration value) {
    set(PropertyTable.INITIALIZATION_FAIL_TIMEOUT, value);
  }

  /** A connection without traffic for this long is pinged; 0 turns the heartbeat off. */
  public Duration getKeepaliveTime() {
    return require(PropertyTable.KEEPALIVE_TIME);
  }

  /** Sets {@code keepaliveTime}; the default is 45s. May be called while the pool runs. */
  public void setKeepaliveTime(Duration value) {
    set(PropertyTable.KEEPALIVE_TIME, value);
  }

  /**
   * Deadline of one ping; then its connection is given up. It does not run out while the JVM stands
   * still.
   */
  public Duration getKeepaliveTimeout() {
    return require(PropertyTable.KEEPALIVE_TIMEOUT);
  }

  /** Sets {@code keepaliveTimeout}; the default is 1s. May be called while the pool runs. */
  public void setKeepaliveTimeout(Duration value) {
    set(PropertyTable.KEEPALIVE_TIMEOUT, value);
  }

  /**
   * Statement to ping with; else {@code connectionTestQuery}, else Connection.isValid. The first
   * connection tries it, and is refused if it fails.
   */
  public @Nullable String getKeepaliveQuery() {
    return get(PropertyTable.KEEPALIVE_QUERY);
  }

  /** Sets {@code keepaliveQuery}; null for none. */
  public void setKeepaliveQuery(@Nullable String value) {
    set(PropertyTable.KEEPALIVE_QUERY, value);
  }

  /** Learn the idle limits of server and path, and ping before they strike. */
  public boolean isKeepaliveAdaptive() {
    return require(PropertyTable.KEEPALIVE_ADAPTIVE);
  }

  /** Sets {@code keepaliveAdaptive}; the default is true. */
  public void setKeepaliveAdaptive(boolean value) {
    set(PropertyTable.KEEPALIVE_ADAPTIVE, value);
  }

  /** Watch the sockets of idle connections, so that one closed by the server is noticed at once. */
  public boolean isIdleWatch() {
    return require(PropertyTable.IDLE_WATCH);
  }

  /** Sets {@code idleWatch}; the default is true. */
  public void setIdleWatch(boolean value) {
    set(PropertyTable.IDLE_WATCH, value);
  }

  /**
   * A connection without traffic for longer is checked before it is handed out; 0 checks always.
   */
  public Duration getValidateAfterIdle() {
    return require(PropertyTable.VALIDATE_AFTER_IDLE);
  }

  /** Sets {@code validateAfterIdle}; the default is 500ms. */
  public void setValidateAfterIdle(Duration value) {
    set(PropertyTable.VALIDATE_AFTER_IDLE, value);
  }

  /** Deadline of one check before handing out. */
  public Duration getValidationTimeout() {
    return require(PropertyTable.VALIDATION_TIMEOUT);
  }

  /** Sets {@code validationTimeout}; the default is 5s. May be called while the pool runs. */
  public void setValidationTimeout(Duration value) {
    set(PropertyTable.VALIDATION_TIMEOUT, value);
  }

  /**
   * A check slower than this no longer holds its borrower back: another way is tried too; 0 for
   * never.
   */
  public Duration getHedgeAfter() {
    return require(PropertyTable.HEDGE_AFTER);
  }

  /** Sets {@code hedgeAfter}; the default is 100ms. */
  public void setHedgeAfter(Duration value) {
    set(PropertyTable.HEDGE_AFTER, value);
  }

  /** After a failover, end calls in flight whose sessions the new server does not list. */
  public boolean isAbortInUseOnFailover() {
    return require(PropertyTable.ABORT_IN_USE_ON_FAILOVER);
  }

  /** Sets {@code abortInUseOnFailover}; the default is false. */
  public void setAbortInUseOnFailover(boolean value) {
    set(PropertyTable.ABORT_IN_USE_ON_FAILOVER, value);
  }

  /** Turn on TCP keepalive on every driver socket within reach. */
  public boolean isTcpKeepAlive() {
    return require(PropertyTable.TCP_KEEP_ALIVE);
  }

  /** Sets {@code tcpKeepAlive}; the default is true. */
  public void setTcpKeepAlive(boolean value) {
    set(PropertyTable.TCP_KEEP_ALIVE, value);
  }

  /** Silence before the first TCP keepalive probe. */
  public Duration getTcpKeepIdle() {
    return require(PropertyTable.TCP_KEEP_IDLE);
  }

  /** Sets {@code tcpKeepIdle}; the default is 45s. */
  public void setTcpKeepIdle(Duration value) {
    set(PropertyTable.TCP_KEEP_IDLE, value);
  }

  /** Time between two TCP keepalive probes. */
  public Duration getTcpKeepInterval() {
    return require(PropertyTable.TCP_KEEP_INTERVAL);
  }

  /** Sets {@code tcpKeepInterval}; the default is 10s. */
  public void setTcpKeepInterval(Duration value) {
    set(PropertyTable.TCP_KEEP_INTERVAL, value);
  }

  /** TCP keepalive probes without an answer before the kernel gives the connection up. */
  public int getTcpKeepCount() {
    return require(PropertyTable.TCP_KEEP_COUNT);
  }

  /** Sets {@code tcpKeepCount}; the default is 3. */
  public void setTcpKeepCount(int value) {
    set(PropertyTable.TCP_KEEP_COUNT, value);
  }

  /**
   * Time that sent bytes may stay unacknowledged before the kernel gives the connection up
   * (PostgreSQL, MariaDB; Linux, Java 22); 0 keeps the system's.
   */
  public Duration getTcpUserTimeout() {
    return require(PropertyTable.TCP_USER_TIMEOUT);
  }

  /** Sets {@code tcpUserTimeout}; the default is 0. */
  public void setTcpUserTimeout(Duration value) {
    set(PropertyTable.TCP_USER_TIMEOUT, value);
  }

  /** Role the server must have: any, primary (writable) or standby (read-only). */
  public Role getRequiredRole() {
    return require(PropertyTable.REQUIRED_ROLE);
  }

  /** Sets {@code requiredRole}; the default is any. */
  public void setRequiredRole(Role value) {
    set(PropertyTable.REQUIRED_ROLE, value);
  }

  /** A connection out for longer is reported as a possible leak; 0 for never. */
  public Duration getLeakDetectionThreshold() {
    return require(PropertyTable.LEAK_DETECTION_THRESHOLD);
  }

  /** Sets {@code leakDetectionThreshold}; the default is 0. May be called while the pool runs. */
  public void setLeakDetectionThreshold(Duration value) {
    set(PropertyTable.LEAK_DETECTION_THRESHOLD, value);
  }

  /**
   * Record the borrower's stack at each borrow, to name it in leak reports; this slows borrowing.
   */
  public boolean isLeakDetectionStackTrace() {
    return require(PropertyTable.LEAK_DETECTION_STACK_TRACE);
  }

  /** Sets {@code leakDetectionStackTrace}; the default is false. */
  public void setLeakDetectionStackTrace(boolean value) {
    set(PropertyTable.LEAK_DETECTION_STACK_TRACE, value);
  }

  /**
   * A connection out for longer is taken back: it is cut off, and its borrower's calls fail; 0 for
   * never.
   */
  public Duration getMaxBorrowTime() {
    return require(PropertyTable.MAX_BORROW_TIME);
  }

  /** Sets {@code maxBorrowTime}; the default is 0. May be called while the pool runs. */
  public void setMaxBorrowTime(Duration value) {
    set(PropertyTable.MAX_BORROW_TIME, value);
  }

  /**
   * Whether a borrower that times out is told who has the connections, for how long, and where
   * those threads are.
   */
  public boolean isReportHolders() {
    return require(PropertyTable.REPORT_HOLDERS);
  }

  /** Sets {@code reportHolders}; the default is false. May be called while the pool runs. */
  public void setReportHolders(boolean value) {
    set(PropertyTable.REPORT_HOLDERS, value);
  }

  /**
   * Whether reports of leaks, of maxBorrowTime and of reportHolders show what the borrower sent
   * last: the SQL up to its first value in quotes, without numbers and parameters.
   */
  public boolean isReportSql() {
    return require(PropertyTable.REPORT_SQL);
  }

  /** Sets {@code reportSql}; the default is false. May be called while the pool runs. */
  public void setReportSql(boolean value) {
    set(PropertyTable.REPORT_SQL, value);
  }

  /** Register the pool with JMX. */
  public boolean isRegisterMbeans() {
    return require(PropertyTable.REGISTER_MBEANS);
  }

  /** Sets {@code registerMbeans}; the default is false. */
  public void setRegisterMbeans(boolean value) {
    set(PropertyTable.REGISTER_MBEANS, value);
  }
}
