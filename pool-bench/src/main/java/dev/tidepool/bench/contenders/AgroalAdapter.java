package dev.tidepool.bench.contenders;

import dev.tidepool.bench.Filling;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.SQLException;
import java.util.Map;

/** Agroal, also with nothing that could cost time. */
public final class AgroalAdapter implements Adapter {
  private final boolean checked;

  /** With validation, pings and a limited life of connections, or without. */
  public AgroalAdapter(boolean checked) {
    this.checked = checked;
  }

  @Override
  public PooledSource open(Terms terms) throws SQLException {
    AgroalConnectionPoolConfigurationSupplier settings =
        new AgroalConnectionPoolConfigurationSupplier()
            .connectionFactoryConfiguration(
                new AgroalConnectionFactoryConfigurationSupplier()
                    .connectionProviderClassName(terms.driver())
                    .jdbcUrl(terms.url())
                    .autoCommit(true))
            .maxSize(terms.poolSize())
            .acquisitionTimeout(terms.connectionTimeout());
    if (checked) {
      int seconds = (int) terms.validationTimeout().toSeconds();
      settings
          .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(seconds))
          .idleValidationTimeout(terms.validateAfterIdle())
          .validationTimeout(terms.keepaliveTime())
          .maxLifetime(terms.maxLifetime());
    }
    AgroalDataSource pool =
        AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(settings));
    // By borrowing: who borrows while it fills itself can miss the last connection that it opens,
    // and then waits for all of the acquisitionTimeout.
    Filling.of(pool, terms.minimumIdle());
    pool.getConfiguration().connectionPoolConfiguration().setMinSize(terms.minimumIdle());
    return new PooledSource(pool, pool::close);
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE,
        "`minSize`, `maxSize`",
        Promise.WAIT,
        "`acquisitionTimeout`",
        Promise.VALIDATION,
        checked ? "`idleValidationTimeout`" : "no",
        Promise.VALIDATION_BOUND,
        checked ? "`defaultValidatorWithTimeout`" : "no",
        Promise.KEEPALIVE,
        checked ? "`validationTimeout`, quiet or not" : "no",
        Promise.LIFETIME,
        checked ? "`maxLifetime`" : "no",
        Promise.SILENCE,
        "default",
        Promise.CLEANING,
        "all but the transaction: it does not roll back");
  }
}
