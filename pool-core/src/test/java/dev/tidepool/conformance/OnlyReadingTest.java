package dev.tidepool.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions whose transactions only read unless somebody says otherwise: JDBC does not know that.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OnlyReadingTest {
  private static final String OPTIONS = "options=-c%20default_transaction_read_only=";

  private static String onlyReads(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show default_transaction_read_only")) {
      row.next();
      return row.getString(1);
    }
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
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl(TestDatabase.POSTGRES.url(OPTIONS + before + "&readOnlyMode=" + mode));
      pool.setMaximumPoolSize(1);
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

  /** What the configuration wants is wanted of each borrower. */
  @ParameterizedTest
  @ValueSource(strings = {"always", "transaction"})
  void poolThatOnlyReads_onlyReadsForTheNext(String mode) throws SQLException {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl(TestDatabase.POSTGRES.url("readOnlyMode=" + mode));
      pool.setMaximumPoolSize(1);
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
