package dev.tidepool.bench.contenders;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.dbcp2.BasicDataSource;

/** Apache Commons DBCP. */
public final class DbcpAdapter implements Adapter {
  @Override
  public PooledSource open(Terms terms) throws SQLException {
    BasicDataSource pool = new BasicDataSource();
    pool.setUrl(terms.url());
    pool.setDriverClassName(terms.driver());
    pool.setInitialSize(terms.minimumIdle());
    pool.setMinIdle(terms.minimumIdle());
    pool.setMaxIdle(terms.poolSize());
    pool.setMaxTotal(terms.poolSize());
    pool.setMaxWait(terms.connectionTimeout());
    pool.setTestOnBorrow(true);
    pool.setValidationQueryTimeout(terms.validationTimeout());
    pool.setTestWhileIdle(true);
    pool.setDurationBetweenEvictionRuns(terms.keepaliveTime());
    pool.setNumTestsPerEvictionRun(-1); // all
    pool.setMinEvictableIdle(Duration.ofMillis(-1)); // never
    pool.setMaxConn(terms.maxLifetime());
    pool.setLogExpiredConnections(false);
    pool.setDefaultAutoCommit(true);
    pool.setDefaultReadOnly(false); // else it is not reset
    pool.setRegisterConnectionMBean(false);
    pool.start();
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`initialSize`, `minIdle`, `maxIdle`, `maxTotal`",
        Promise.WAIT, "`maxWait`",
        Promise.VALIDATION, "more: `testOnBorrow`, at every borrow",
        Promise.VALIDATION_BOUND, "`validationQueryTimeout`",
        Promise.KEEPALIVE, "`testWhileIdle`, `timeBetweenEvictionRuns`, quiet or not",
        Promise.LIFETIME, "`maxConn`, seen at borrow, return and ping",
        Promise.SILENCE, "default, `registerConnectionMBean` false",
        Promise.CLEANING,
            "`defaultReadOnly`; not the isolation level, which it would ask for at every borrow");
  }
}
