package dev.tidepool.bench.faults.pools;

import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

/** Apache Commons DBCP to the terms. */
final class DbcpLab implements LabSource {
  private final BasicDataSource pool = new BasicDataSource();

  DbcpLab(LabTerms terms, Runnable retirements) throws SQLException {
    pool.setUrl(terms.url());
    pool.setInitialSize(terms.poolSize());
    pool.setMinIdle(terms.poolSize());
    pool.setMaxIdle(terms.poolSize());
    pool.setMaxTotal(terms.poolSize());
    pool.setMaxWait(terms.connectionTimeout());
    pool.setTestOnBorrow(true);
    pool.setTestWhileIdle(true);
    pool.setDurationBetweenEvictionRuns(terms.keepaliveTime());
    pool.setNumTestsPerEvictionRun(terms.poolSize());
    pool.setMinEvictableIdle(Duration.ofMinutes(30));
    pool.setValidationQueryTimeout(terms.validationTimeout());
    pool.setFastFailValidation(true);
    pool.start();
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.getNumActive() + (long) pool.getNumIdle());
  }

  @Override
  public void close() throws SQLException {
    pool.close();
  }
}
