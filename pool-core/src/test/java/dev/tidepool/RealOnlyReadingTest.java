package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions whose transactions only read unless somebody says otherwise: JDBC does not know that.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealOnlyReadingTest {
  private static final String OPTIONS = "options=-c%20default_transaction_read_only=";

  private static String onlyReads(Connection connection) throws SQLException {
    return ask(connection, "show default_transaction_read_only");
  }

  /** With readOnlyMode=always the driver says it for the session, and knows of no third way. */
  @ParameterizedTest
  @CsvSource({
    "always, on, true",
    "always, on, false",
    "always, off, true",
    "transaction, on, true"
  })
  void setReadOnlyOfOneBorrower_leavesTheServersDefaultToTheNext(
      String mode, String before, boolean autoCommit) throws SQLException {
    String url = TestDatabase.POSTGRES.url(OPTIONS + before + "&readOnlyMode=" + mode);
    try (TidepoolDataSource pool = pool(url, 1)) {
      pool.setAutoCommit(autoCommit);
      try (Connection first = pool.getConnection()) {
        assertThat(onlyReads(first)).isEqualTo(before);
        if (!autoCommit) {
          first.rollback();
        }
        first.setReadOnly(true);
        first.setReadOnly(false);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(onlyReads(next)).isEqualTo(before);
      }
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  /** It was not changed, which the server says by itself. */
  @Test
  void defaultThatIsInForce_isNotSetAgain() throws SQLException {
    try (TidepoolDataSource pool = pool(TestDatabase.POSTGRES.url(OPTIONS + "on"), 1);
        Connection other = DriverManager.getConnection(TestDatabase.POSTGRES.url())) {
      String id;
      try (Connection first = pool.getConnection()) {
        id = ask(first, RealPools.POSTGRES_ID);
        first.setReadOnly(true);
        first.setReadOnly(false);
      }
      assertThat(ask(other, "select query from pg_stat_activity where pid = " + id))
          .isEqualTo(RealPools.POSTGRES_ID);
    }
  }

  /** What the configuration wants is wanted of each borrower. */
  @ParameterizedTest
  @ValueSource(strings = {"always", "transaction"})
  void poolThatOnlyReads_onlyReadsForTheNext(String mode) throws SQLException {
    try (TidepoolDataSource pool = pool(TestDatabase.POSTGRES.url("readOnlyMode=" + mode), 1)) {
      pool.setReadOnly(true);
      String before;
      try (Connection first = pool.getConnection()) {
        before = onlyReads(first);
        first.setReadOnly(false);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(onlyReads(next)).isEqualTo(before);
        assertThat(next.isReadOnly()).isTrue();
      }
    }
  }
}
