package dev.tidepool.api;

/**
 * What JMX shows of a pool. Names and meanings are those of HikariCP's {@code HikariPoolMXBean} and
 * {@code HikariConfigMXBean} where it has them; times are in milliseconds. Registered if {@code
 * registerMbeans} is set, as {@code dev.tidepool:type=Pool,name="POOLNAME"}, with the quotes.
 */
public interface PoolMXBean {
  /** Name of the pool. */
  String getPoolName();

  /** What the pool does: NEW, RUNNING, SUSPENDED or CLOSED. */
  String getState();

  /** What the pool makes of its database: UP, SUSPECT or DOWN. */
  String getHealth();

  /** Number of the present generation of connections, from 1. */
  int getGeneration();

  /** How long the server lets a session be idle, in milliseconds; 0 if it does not say. */
  long getServerIdleLimit();

  /** How long the path lets a connection be silent, in milliseconds; 0 if nothing was learned. */
  long getPathIdleLimit();

  /** Connections ready to be borrowed. */
  int getIdleConnections();

  /** Connections in the hands of borrowers. */
  int getActiveConnections();

  /** Open connections. */
  int getTotalConnections();

  /** Connections being pinged or validated. */
  int getCheckingConnections();

  /** Connects under way. */
  int getConnectingConnections();

  /** Borrowers waiting. */
  int getThreadsAwaitingConnection();

  /** Connections opened since the start. */
  long getOpenedConnections();

  /** Connections closed since the start. */
  long getClosedConnections();

  /** Connections handed out since the start. */
  long getBorrows();

  /** Borrowers that gave up at {@code connectionTimeout}. */
  long getAcquireTimeouts();

  /** Borrowers that had to wait, and have ended their wait one way or the other. */
  long getAcquireWaits();

  /** Milliseconds that borrowers have waited, all together. */
  long getAcquireWaitTotalMillis();

  /** Milliseconds of the longest wait of a borrower. */
  long getAcquireWaitLongestMillis();

  /** Connects that failed. */
  long getConnectFailures();

  /** Heartbeats sent. */
  long getPings();

  /** Heartbeats that failed. */
  long getPingFailures();

  /** Checks other than heartbeats: before handing out, and what else a connection was asked. */
  long getValidations();

  /** Checks other than heartbeats that failed. */
  long getValidationFailures();

  /** Checks that were not answered within {@code hedgeAfter}. */
  long getLateAnswers();

  /** Times that something arrived on a connection that nobody used, most often its end. */
  long getIdleNews();

  /** Times that the death or silence of one connection put the others in doubt. */
  long getSuspicions();

  /** Times that the database was found to be down. */
  long getOutages();

  /** Borrows reported as leaks. */
  long getLeaks();

  /** Why connections were retired, as {@code REASON=count} separated by commas. */
  String getRetired();

  /** Borrowers that were refused because {@code maximumWaiters} waited already. */
  long getAcquireRefusals();

  /** Connections being closed. */
  int getClosingConnections();

  /** Logins that were given up and hang in the driver. */
  int getHungConnects();

  /** Events that listeners were too slow for. */
  long getEventsDropped();

  /** Milliseconds since the newest failed connect; -1 if none has failed. */
  long getLastConnectFailureAgeMillis();

  /** What is known of TCP keepalive on the newest connection, or "none". */
  String getTcpKeepAlive();

  /** Message of the newest failed connect, or "none". */
  String getLastConnectFailure();

  /** Retires all connections: idle ones now, the others on return. */
  void softEvictConnections();

  /** Holds borrowers back. */
  void suspendPool();

  /** Lets borrowers through. */
  void resumePool();

  /** {@code maximumPoolSize}. */
  int getMaximumPoolSize();

  /** Changes {@code maximumPoolSize}. */
  void setMaximumPoolSize(int value);

  /** {@code minimumIdle}. */
  int getMinimumIdle();

  /** Changes {@code minimumIdle}. */
  void setMinimumIdle(int value);

  /** {@code connectionTimeout}. */
  long getConnectionTimeout();

  /** Changes {@code connectionTimeout}. */
  void setConnectionTimeout(long millis);

  /** {@code validationTimeout}. */
  long getValidationTimeout();

  /** Changes {@code validationTimeout}. */
  void setValidationTimeout(long millis);

  /** {@code idleTimeout}. */
  long getIdleTimeout();

  /** Changes {@code idleTimeout}. */
  void setIdleTimeout(long millis);

  /** {@code maxLifetime}. */
  long getMaxLifetime();

  /** Changes {@code maxLifetime}. */
  void setMaxLifetime(long millis);

  /** {@code keepaliveTime}. */
  long getKeepaliveTime();

  /** Changes {@code keepaliveTime}. */
  void setKeepaliveTime(long millis);

  /** {@code leakDetectionThreshold}. */
  long getLeakDetectionThreshold();

  /** Changes {@code leakDetectionThreshold}. */
  void setLeakDetectionThreshold(long millis);
}
