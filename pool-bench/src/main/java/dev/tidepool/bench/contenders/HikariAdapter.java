package dev.tidepool.bench.contenders;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.util.Map;

/** HikariCP. */
public final class HikariAdapter implements Adapter {
  /** Read when a pool starts; there is no setter for it. */
  private static final String VALIDATION_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";

  @Override
  public PooledSource open(Terms terms) {
    System.setProperty(VALIDATION_WINDOW, Long.toString(terms.validateAfterIdle().toMillis()));
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(terms.url());
    config.setDriverClassName(terms.driver());
    config.setMaximumPoolSize(terms.poolSize());
    config.setMinimumIdle(terms.minimumIdle());
    config.setConnectionTimeout(terms.connectionTimeout().toMillis());
    config.setValidationTimeout(terms.validationTimeout().toMillis());
    config.setMaxLifetime(terms.maxLifetime().toMillis());
    if (terms.pings()) {
      config.setKeepaliveTime(terms.keepaliveTime().toMillis());
    }
    if (terms.minimumIdle() == 0) {
      // Else it opens one connection at once, and the pool would not be empty.
      config.setInitializationFailTimeout(-1);
    }
    config.setAutoCommit(true);
    config.setLeakDetectionThreshold(0);
    config.setRegisterMbeans(false);
    HikariDataSource pool = new HikariDataSource(config);
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`minimumIdle`, `maximumPoolSize`",
        Promise.WAIT, "`connectionTimeout`",
        Promise.VALIDATION, "system property `" + VALIDATION_WINDOW + "`",
        Promise.VALIDATION_BOUND, "`validationTimeout`",
        Promise.KEEPALIVE, "`keepaliveTime`",
        Promise.LIFETIME, "`maxLifetime`, spread over the last quarter; 30 s or more",
        Promise.SILENCE, "`leakDetectionThreshold` 0, `registerMbeans` false",
        Promise.CLEANING, "always");
  }
}
