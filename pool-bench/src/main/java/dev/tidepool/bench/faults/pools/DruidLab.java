package dev.tidepool.bench.faults.pools;

import com.alibaba.druid.pool.DruidDataSource;
import java.sql.SQLException;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** Druid to the terms. */
final class DruidLab implements LabSource {
  /** As in the URL of all others. */
  private static final int SOCKET_TIMEOUT_MILLIS = 5_000;

  private final DruidDataSource pool = new DruidDataSource();

  DruidLab(LabTerms terms, Runnable retirements) throws SQLException {
    // It reads them in the URL as milliseconds, which pgjdbc counts in seconds; so it is told here.
    pool.setUrl(terms.url().replaceAll("&(connect|socket)Timeout=\\d+", ""));
    pool.setConnectTimeout(SOCKET_TIMEOUT_MILLIS);
    pool.setSocketTimeout(SOCKET_TIMEOUT_MILLIS);
    pool.setInitialSize(terms.poolSize());
    pool.setMinIdle(terms.poolSize());
    pool.setMaxActive(terms.poolSize());
    pool.setMaxWait(terms.connectionTimeout().toMillis());
    // Without a query it takes a connection for alive that only is not closed.
    pool.setValidationQuery("SELECT 1");
    pool.setTestOnBorrow(true);
    pool.setTestWhileIdle(true);
    pool.setValidationQueryTimeout((int) terms.validationTimeout().toSeconds());
    pool.setKeepAlive(true);
    // It insists on a period of the heartbeat longer than that of its sweeps.
    pool.setTimeBetweenEvictionRunsMillis(terms.keepaliveTime().toMillis() / 2);
    pool.setKeepAliveBetweenTimeMillis(terms.keepaliveTime().toMillis());
    pool.init();
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.getActiveCount() + (long) pool.getPoolingCount());
  }

  @Override
  public void close() {
    pool.close();
  }
}
