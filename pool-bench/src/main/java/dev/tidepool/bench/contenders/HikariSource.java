package dev.tidepool.bench.contenders;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.driver.NoopDriver;
import javax.sql.DataSource;

/** HikariCP, configured to the terms. */
public final class HikariSource implements PooledSource {
  /** Read once, when HikariCP's pool class is loaded; there is no setter for it. */
  private static final String VALIDATION_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";

  private final HikariDataSource pool;

  /** Starts the pool. */
  public HikariSource(Terms terms) {
    System.setProperty(VALIDATION_WINDOW, Long.toString(terms.validateAfterIdle().toMillis()));
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(NoopDriver.URL);
    config.setDriverClassName(NoopDriver.class.getName());
    config.setMaximumPoolSize(terms.poolSize());
    config.setMinimumIdle(terms.poolSize());
    config.setConnectionTimeout(terms.connectionTimeout().toMillis());
    config.setValidationTimeout(terms.validationTimeout().toMillis());
    config.setKeepaliveTime(terms.keepaliveTime().toMillis());
    config.setMaxLifetime(terms.maxLifetime().toMillis());
    config.setAutoCommit(true);
    config.setLeakDetectionThreshold(0);
    config.setRegisterMbeans(false);
    pool = new HikariDataSource(config);
  }

  @Override
  public String name() {
    return "HikariCP";
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
