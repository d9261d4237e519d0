package dev.tidepool.bench.contenders;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.util.Map;
import org.vibur.dbcp.ViburDBCPDataSource;

/** Vibur. */
public final class ViburAdapter implements Adapter {
  /** It counts in seconds, and 0 stands for every borrow. */
  private static final int LEAST_IDLE_SECONDS = 1;

  private static final int NEVER = -1;

  @Override
  public PooledSource open(Terms terms) {
    ViburDBCPDataSource pool = new ViburDBCPDataSource();
    pool.setJdbcUrl(terms.url());
    pool.setDriverClassName(terms.driver());
    pool.setUsername(""); // it insists on one, and the driver takes it from the URL
    pool.setPassword("");
    pool.setPoolInitialSize(terms.minimumIdle());
    pool.setPoolMaxSize(terms.poolSize());
    pool.setReducerTimeIntervalInSeconds(0);
    pool.setConnectionTimeoutInMs(terms.connectionTimeout().toMillis());
    pool.setConnectionIdleLimitInSeconds(
        Math.max(LEAST_IDLE_SECONDS, (int) terms.validateAfterIdle().toSeconds()));
    pool.setValidateTimeoutInSeconds((int) terms.validationTimeout().toSeconds());
    pool.setDefaultAutoCommit(true);
    pool.setDefaultReadOnly(false);
    pool.setResetDefaultsAfterUse(true);
    pool.setClearSQLWarnings(true);
    pool.setEnableJMX(false);
    pool.setLogConnectionLongerThanMs(NEVER);
    pool.setLogQueryExecutionLongerThanMs(NEVER);
    pool.setLogLargeResultSet(NEVER);
    pool.setCollectQueryStatistics(0);
    pool.start();
    return new PooledSource(pool, pool::terminate);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`poolInitialSize`, `poolMaxSize`",
        Promise.WAIT, "`connectionTimeoutInMs`",
        Promise.VALIDATION, "less: `connectionIdleLimitInSeconds` 1, its least",
        Promise.VALIDATION_BOUND, "`validateTimeoutInSeconds`",
        Promise.KEEPALIVE, "no",
        Promise.LIFETIME, "no",
        Promise.SILENCE, "`enableJMX` false, statistics and logs of slow uses off",
        Promise.CLEANING,
            "less: `resetDefaultsAfterUse` with auto-commit and read-only; no isolation level,"
                + " statements or rollback");
  }
}
