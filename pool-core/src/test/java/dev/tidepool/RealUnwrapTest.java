package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver's connection in the hands of a borrower, without auto-commit. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealUnwrapTest {
  /** To compare what the borrower may have set is the last that is done with it. */
  @ParameterizedTest
  @EnumSource
  void comesBackOutsideOfATransaction(TestDatabase database) throws SQLException {
    try (TidepoolDataSource pool = RealPools.pool(database.url(), 1)) {
      pool.setAutoCommit(false);
      for (int i = 0; i < 2; i++) {
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.unwrap(Connection.class)).isNotNull();
        }
        try (Connection next = pool.getConnection()) {
          // PostgreSQL's driver refuses both in the middle of a transaction.
          next.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
          next.setReadOnly(true);
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }
}
