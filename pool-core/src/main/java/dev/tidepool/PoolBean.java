package dev.tidepool;

import dev.tidepool.api.PoolMXBean;
import dev.tidepool.config.TidepoolConfigException;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A pool as JMX sees it. */
final class PoolBean implements PoolMXBean {
  private final TidepoolDataSource pool;

  PoolBean(TidepoolDataSource pool) {
    this.pool = pool;
  }

  /** A remote console knows the JDK's exceptions only. */
  private static void change(Runnable change) {
    try {
      change.run();
    } catch (TidepoolConfigException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
  }

  @Override
  public String getPoolName() {
    return pool.getPoolName();
  }

  @Override
  public String getState() {
    return pool.stats().state().name();
  }

  @Override
  public int getIdleConnections() {
    return pool.stats().idle();
  }

  @Override
  public int getActiveConnections() {
    return pool.stats().active();
  }

  @Override
  public int getTotalConnections() {
    return pool.stats().total();
  }

  @Override
  public int getCheckingConnections() {
    return pool.stats().checking();
  }

  @Override
  public int getConnectingConnections() {
    return pool.stats().connecting();
  }

  @Override
  public String getHealth() {
    return pool.stats().health().name();
  }

  @Override
  public int getGeneration() {
    return pool.stats().generation();
  }

  @Override
  public long getServerIdleLimit() {
    return millis(pool.stats().serverIdleLimit());
  }

  @Override
  public long getPathIdleLimit() {
    return millis(pool.stats().pathIdleLimit());
  }

  private static long millis(@Nullable Duration duration) {
    return duration == null ? 0 : duration.toMillis();
  }

  @Override
  public int getThreadsAwaitingConnection() {
    return pool.stats().waiting();
  }

  @Override
  public long getOpenedConnections() {
    return pool.stats().opened();
  }

  @Override
  public long getClosedConnections() {
    return pool.stats().closed();
  }

  @Override
  public long getBorrows() {
    return pool.stats().borrows();
  }

  @Override
  public long getAcquireTimeouts() {
    return pool.stats().acquireTimeouts();
  }

  @Override
  public long getAcquireWaits() {
    return pool.stats().acquireWaits();
  }

  @Override
  public long getAcquireWaitTotalMillis() {
    return pool.stats().acquireWaitTotal().toMillis();
  }

  @Override
  public long getAcquireWaitLongestMillis() {
    return pool.stats().acquireWaitLongest().toMillis();
  }

  @Override
  public long getConnectFailures() {
    return pool.stats().connectFailures();
  }

  @Override
  public long getPings() {
    return pool.stats().pings();
  }

  @Override
  public long getPingFailures() {
    return pool.stats().pingFailures();
  }

  @Override
  public long getValidations() {
    return pool.stats().validations();
  }

  @Override
  public long getValidationFailures() {
    return pool.stats().validationFailures();
  }

  @Override
  public long getLateAnswers() {
    return pool.stats().lateAnswers();
  }

  @Override
  public long getIdleNews() {
    return pool.stats().idleNews();
  }

  @Override
  public long getSuspicions() {
    return pool.stats().suspicions();
  }

  @Override
  public long getOutages() {
    return pool.stats().outages();
  }

  @Override
  public long getLeaks() {
    return pool.stats().leaks();
  }

  @Override
  public long getAcquireRefusals() {
    return pool.stats().acquireRefusals();
  }

  @Override
  public int getClosingConnections() {
    return pool.stats().closing();
  }

  @Override
  public int getHungConnects() {
    return pool.stats().hungConnects();
  }

  @Override
  public long getEventsDropped() {
    return pool.stats().eventsDropped();
  }

  @Override
  public long getLastConnectFailureAgeMillis() {
    Duration age = pool.stats().lastConnectFailureAge();
    return age == null ? -1 : age.toMillis();
  }

  @Override
  public String getRetired() {
    return pool.stats().retired().entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(", "));
  }

  @Override
  public String getTcpKeepAlive() {
    String text = pool.stats().tcpKeepAlive();
    return text == null ? "none" : text;
  }

  @Override
  public String getLastConnectFailure() {
    String text = pool.stats().lastConnectFailure();
    return text == null ? "none" : text;
  }

  @Override
  public void softEvictConnections() {
    pool.evict();
  }

  @Override
  public void suspendPool() {
    pool.suspend();
  }

  @Override
  public void resumePool() {
    pool.resume();
  }

  @Override
  public int getMaximumPoolSize() {
    return pool.getMaximumPoolSize();
  }

  @Override
  public void setMaximumPoolSize(int value) {
    change(() -> pool.setMaximumPoolSize(value));
  }

  @Override
  public int getMinimumIdle() {
    return pool.getMinimumIdle();
  }

  @Override
  public void setMinimumIdle(int value) {
    change(() -> pool.setMinimumIdle(value));
  }

  @Override
  public long getConnectionTimeout() {
    return pool.getConnectionTimeout().toMillis();
  }

  @Override
  public void setConnectionTimeout(long millis) {
    change(() -> pool.setConnectionTimeout(Duration.ofMillis(millis)));
  }

  @Override
  public long getValidationTimeout() {
    return pool.getValidationTimeout().toMillis();
  }

  @Override
  public void setValidationTimeout(long millis) {
    change(() -> pool.setValidationTimeout(Duration.ofMillis(millis)));
  }

  @Override
  public long getIdleTimeout() {
    return pool.getIdleTimeout().toMillis();
  }

  @Override
  public void setIdleTimeout(long millis) {
    change(() -> pool.setIdleTimeout(Duration.ofMillis(millis)));
  }

  @Override
  public long getMaxLifetime() {
    return pool.getMaxLifetime().toMillis();
  }

  @Override
  public void setMaxLifetime(long millis) {
    change(() -> pool.setMaxLifetime(Duration.ofMillis(millis)));
  }

  @Override
  public long getKeepaliveTime() {
    return pool.getKeepaliveTime().toMillis();
  }

  @Override
  public void setKeepaliveTime(long millis) {
    change(() -> pool.setKeepaliveTime(Duration.ofMillis(millis)));
  }

  @Override
  public long getLeakDetectionThreshold() {
    return pool.getLeakDetectionThreshold().toMillis();
  }

  @Override
  public void setLeakDetectionThreshold(long millis) {
    change(() -> pool.setLeakDetectionThreshold(Duration.ofMillis(millis)));
  }
}
