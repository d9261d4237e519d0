package dev.tidepool.bench.faults.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** HikariCP to the terms. */
final class HikariLab implements LabSource {
  /** Read once, when HikariCP's pool class is loaded; there is no setter for it. */
  private static final String VALIDATION_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";

  /** Below it HikariCP switches the heartbeat off. */
  private static final long LEAST_KEEPALIVE_MILLIS = 30_000;

  private final HikariDataSource pool;

  HikariLab(LabTerms terms, Runnable retirements) {
    System.setProperty(VALIDATION_WINDOW, Long.toString(terms.validateAfterIdle().toMillis()));
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(terms.url());
    config.setMaximumPoolSize(terms.poolSize());
    config.setConnectionTimeout(terms.connectionTimeout().toMillis());
    config.setValidationTimeout(terms.validationTimeout().toMillis());
    config.setKeepaliveTime(Math.max(LEAST_KEEPALIVE_MILLIS, terms.keepaliveTime().toMillis()));
    pool = new HikariDataSource(config);
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.getHikariPoolMXBean().getTotalConnections());
  }

  @Override
  public void close() {
    pool.close();
  }
}
