package dev.tidepool.bench.contenders;

import com.alibaba.druid.pool.DruidDataSource;
import com.alibaba.druid.pool.ValidConnectionCheckerAdapter;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alibaba's Druid. */
public final class DruidAdapter implements Adapter {
  @Override
  public PooledSource open(Terms terms) throws SQLException {
    DruidDataSource pool = new DruidDataSource();
    pool.setUrl(terms.url());
    pool.setDriverClassName(terms.driver());
    pool.setInitialSize(terms.minimumIdle());
    pool.setMinIdle(terms.minimumIdle());
    pool.setMaxActive(terms.poolSize());
    pool.setMaxWait(terms.connectionTimeout().toMillis());
    pool.setTestWhileIdle(true);
    // One setting for two things: its sweeps, and how long a connection may be quiet unchecked.
    pool.setTimeBetweenEvictionRunsMillis(terms.validateAfterIdle().toMillis());
    pool.setValidationQueryTimeout((int) terms.validationTimeout().toSeconds());
    pool.setKeepAlive(true);
    pool.setKeepAliveBetweenTimeMillis(terms.keepaliveTime().toMillis());
    pool.setPhyTimeoutMillis(terms.maxLifetime().toMillis());
    pool.setDefaultAutoCommit(true);
    pool.setValidConnectionChecker(new AsAllOthers());
    pool.init();
    // It replaces the checker by one of its own for databases that it knows.
    pool.setValidConnectionChecker(new AsAllOthers());
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`initialSize`, `minIdle`, `maxActive`",
        Promise.WAIT, "`maxWait`",
        Promise.VALIDATION,
            "`testWhileIdle`, `timeBetweenEvictionRunsMillis`: sweeps every 500 ms too",
        Promise.VALIDATION_BOUND, "`validationQueryTimeout`",
        Promise.KEEPALIVE, "`keepAlive`, `keepAliveBetweenTimeMillis`",
        Promise.LIFETIME, "`phyTimeoutMillis`",
        Promise.SILENCE, "leak detection off; JMX and its statistics are always on",
        Promise.CLEANING, "always");
  }

  /** Without a query or a checker it takes any connection for alive that is not closed. */
  private static final class AsAllOthers extends ValidConnectionCheckerAdapter {
    @Override
    public boolean isValidConnection(
        Connection connection, @Nullable String query, int timeoutSeconds) throws SQLException {
      return connection.isValid(timeoutSeconds);
    }
  }
}
