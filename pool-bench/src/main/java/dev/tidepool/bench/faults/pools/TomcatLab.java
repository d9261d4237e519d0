package dev.tidepool.bench.faults.pools;

import java.util.OptionalLong;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat's JDBC pool to the terms. */
final class TomcatLab implements LabSource {
  private final DataSource pool;

  TomcatLab(LabTerms terms, Runnable retirements) {
    PoolProperties settings = new PoolProperties();
    settings.setUrl(terms.url());
    settings.setDriverClassName(
        terms.url().startsWith("jdbc:mariadb:")
            ? "org.mariadb.jdbc.Driver"
            : "org.postgresql.Driver");
    settings.setInitialSize(terms.poolSize());
    settings.setMinIdle(terms.poolSize());
    settings.setMaxIdle(terms.poolSize());
    settings.setMaxActive(terms.poolSize());
    settings.setMaxWait((int) terms.connectionTimeout().toMillis());
    settings.setTestOnBorrow(true);
    settings.setTestWhileIdle(true);
    settings.setValidationInterval(terms.validateAfterIdle().toMillis());
    settings.setValidationQueryTimeout((int) terms.validationTimeout().toSeconds());
    settings.setTimeBetweenEvictionRunsMillis((int) terms.keepaliveTime().toMillis());
    settings.setMinEvictableIdleTimeMillis(30 * 60_000);
    pool = new DataSource(settings);
  }

  @Override
  public javax.sql.DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.getSize());
  }

  @Override
  public void close() {
    pool.close();
  }
}
