package dev.tidepool.bench.faults.pools;

import dev.tidepool.bench.faults.model.Database;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceListener;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.MySQLExceptionSorter;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** Agroal to the terms. */
final class AgroalLab implements LabSource {
  private final AgroalDataSource pool;

  AgroalLab(LabTerms terms, Runnable retirements) throws SQLException {
    ExceptionSorter sorter =
        terms.database() == Database.MARIADB
            ? new MySQLExceptionSorter()
            : new PostgreSQLExceptionSorter();
    AgroalConnectionPoolConfigurationSupplier settings =
        new AgroalConnectionPoolConfigurationSupplier()
            .connectionFactoryConfiguration(factory(terms))
            .initialSize(terms.poolSize())
            .minSize(terms.poolSize())
            .maxSize(terms.poolSize())
            .acquisitionTimeout(terms.connectionTimeout())
            .connectionValidator(
                ConnectionValidator.defaultValidatorWithTimeout(
                    (int) terms.validationTimeout().toSeconds()))
            .idleValidationTimeout(terms.validateAfterIdle())
            .validationTimeout(terms.keepaliveTime())
            .exceptionSorter(sorter);
    pool =
        AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier()
                .metricsEnabled()
                .connectionPoolConfiguration(settings),
            new AgroalDataSourceListener() {
              @Override
              public void onConnectionDestroy(Connection connection) {
                retirements.run();
              }
            });
  }

  private static AgroalConnectionFactoryConfigurationSupplier factory(LabTerms terms) {
    return new AgroalConnectionFactoryConfigurationSupplier()
        .jdbcUrl(terms.url())
        .loginTimeout(terms.connectionTimeout().dividedBy(2));
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public OptionalLong open() {
    return OptionalLong.of(pool.getMetrics().activeCount() + pool.getMetrics().availableCount());
  }

  @Override
  public boolean tellsRetirements() {
    return true;
  }

  @Override
  public void close() {
    pool.close();
  }
}
