package dev.tidepool.bench.faults.pools;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Tidepool to the terms. */
final class TidepoolLab implements LabSource {
  private final TidepoolDataSource pool;

  TidepoolLab(LabTerms terms, Runnable retirements) {
    pool =
        new TidepoolDataSource(
            TidepoolConfig.builder()
                .jdbcUrl(terms.url())
                .maximumPoolSize(terms.poolSize())
                .connectionTimeout(terms.connectionTimeout())
                .validateAfterIdle(terms.validateAfterIdle())
                .validationTimeout(terms.validationTimeout())
                .keepaliveTime(terms.keepaliveTime())
                .build());
    pool.addListener(
        new PoolListener() {
          @Override
          public void connectionRetired(
              ConnectionInfo connection, RetireReason reason, @Nullable Throwable cause) {
            retirements.run();
          }
        });
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.stats().total());
  }

  @Override
  public OptionalLong pings() {
    return OptionalLong.of(pool.stats().pings());
  }

  @Override
  public boolean tellsRetirements() {
    return true;
  }

  @Override
  public void close() {
    pool.close();
  }
}
