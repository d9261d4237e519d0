package dev.tidepool.bench.contenders;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.driver.NoopDriver;
import dev.tidepool.config.TidepoolConfig;
import java.time.Duration;
import javax.sql.DataSource;

/** Tidepool, configured to the terms. */
public final class TidepoolSource implements PooledSource {
  private final TidepoolDataSource pool;

  /** Starts the pool. */
  public TidepoolSource(Terms terms) {
    pool =
        new TidepoolDataSource(
            TidepoolConfig.builder()
                .jdbcUrl(NoopDriver.URL)
                .driverClassName(NoopDriver.class.getName())
                .maximumPoolSize(terms.poolSize())
                .minimumIdle(terms.poolSize())
                .connectionTimeout(terms.connectionTimeout())
                .validateAfterIdle(terms.validateAfterIdle())
                .validationTimeout(terms.validationTimeout())
                .keepaliveTime(terms.keepaliveTime())
                .maxLifetime(terms.maxLifetime())
                .autoCommit(true)
                .leakDetectionThreshold(Duration.ZERO)
                .registerMbeans(false)
                .build());
  }

  @Override
  public String name() {
    return "Tidepool";
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
