package dev.tidepool.bench.contenders;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.sql.Connection;
import java.util.Map;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat's JDBC pool. */
public final class TomcatAdapter implements Adapter {
  @Override
  public PooledSource open(Terms terms) {
    PoolProperties settings = new PoolProperties();
    settings.setUrl(terms.url());
    settings.setDriverClassName(terms.driver());
    settings.setInitialSize(terms.minimumIdle());
    settings.setMinIdle(terms.minimumIdle());
    settings.setMaxIdle(terms.poolSize());
    settings.setMaxActive(terms.poolSize());
    settings.setMaxWait((int) terms.connectionTimeout().toMillis());
    settings.setTestOnBorrow(true);
    settings.setValidationInterval(terms.validateAfterIdle().toMillis());
    settings.setValidationQueryTimeout((int) terms.validationTimeout().toSeconds());
    settings.setTestWhileIdle(true);
    settings.setTimeBetweenEvictionRunsMillis((int) terms.keepaliveTime().toMillis());
    settings.setMaxAge(terms.maxLifetime().toMillis());
    settings.setDefaultAutoCommit(true);
    settings.setDefaultReadOnly(false); // else it is not reset, nor is the next
    settings.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    settings.setJmxEnabled(false);
    settings.setJdbcInterceptors("ConnectionState;StatementFinalizer");
    DataSource pool = new DataSource(settings);
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`initialSize`, `minIdle`, `maxIdle`, `maxActive`",
        Promise.WAIT, "`maxWait`",
        Promise.VALIDATION, "`testOnBorrow`, `validationInterval`: since the last validation",
        Promise.VALIDATION_BOUND, "`validationQueryTimeout`",
        Promise.KEEPALIVE, "`testWhileIdle`, `timeBetweenEvictionRunsMillis`, quiet or not",
        Promise.LIFETIME, "`maxAge`",
        Promise.SILENCE, "`jmxEnabled` false",
        Promise.CLEANING,
            "interceptors `StatementFinalizer`, and `ConnectionState` at the next borrow; it does not"
                + " roll back");
  }
}
