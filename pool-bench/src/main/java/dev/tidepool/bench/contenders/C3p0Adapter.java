package dev.tidepool.bench.contenders;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.mchange.v2.c3p0.management.NullManagementCoordinator;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.beans.PropertyVetoException;
import java.sql.SQLException;
import java.util.Map;

/** The pool c3p0, which is known by no other name. */
public final class C3p0Adapter implements Adapter {
  @Override
  public PooledSource open(Terms terms) throws SQLException {
    // Both are read when its classes are loaded.
    System.setProperty("com.mchange.v2.log.MLog", "com.mchange.v2.log.slf4j.Slf4jMLog");
    System.setProperty(
        "com.mchange.v2.c3p0.management.ManagementCoordinator",
        NullManagementCoordinator.class.getName());
    ComboPooledDataSource pool = new ComboPooledDataSource();
    try {
      pool.setDriverClass(terms.driver());
    } catch (PropertyVetoException e) {
      throw new SQLException(terms.driver(), e);
    }
    pool.setJdbcUrl(terms.url());
    pool.setInitialPoolSize(terms.minimumIdle());
    pool.setMinPoolSize(terms.minimumIdle());
    pool.setMaxPoolSize(terms.poolSize());
    pool.setCheckoutTimeout((int) terms.connectionTimeout().toMillis());
    pool.setTestConnectionOnCheckout(true);
    pool.setConnectionIsValidTimeout((int) terms.validationTimeout().toSeconds());
    pool.setIdleConnectionTestPeriod((int) terms.keepaliveTime().toSeconds());
    pool.setMaxConnectionAge((int) terms.maxLifetime().toSeconds());
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`initialPoolSize`, `minPoolSize`, `maxPoolSize`",
        Promise.WAIT, "`checkoutTimeout`",
        Promise.VALIDATION, "more: `testConnectionOnCheckout`, at every borrow",
        Promise.VALIDATION_BOUND, "`connectionIsValidTimeout`",
        Promise.KEEPALIVE, "`idleConnectionTestPeriod`, quiet or not",
        Promise.LIFETIME, "`maxConnectionAge`",
        Promise.SILENCE, "`NullManagementCoordinator`",
        Promise.CLEANING, "always, on a thread of its own");
  }
}
