package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams that fail, with MariaDB's driver. It reads what is left of one before it sends the next
 * statement; if that fails, it takes from then on each answer for that to the question before, and
 * all later borrowers got the answers of others.
 */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealMariaDbStreamTest {
  /** What the borrower does with its stream. */
  enum Stream {
    /** Begins another statement, which is told of the failure. */
    ANOTHER_STATEMENT("select seq, (select seq from seq_1_to_3 where a.seq > 900) from", "", 1),
    /** The driver keeps the failure to itself. */
    METADATA("select seq, (select seq from seq_1_to_3 where a.seq > 900) from", "", 1),
    /** As with every statement where the URL says so. */
    BY_DEFAULT(
        "select seq, (select seq from seq_1_to_3 where a.seq > 900) from",
        "&defaultFetchSize=1",
        0),
    /** Of a procedure only the first result is read. */
    PROCEDURE("call half_a_stream", "", 1);

    private final String sql;
    private final String option;
    private final int fetchSize;

    Stream(String sql, String option, int fetchSize) {
      this.sql = sql.endsWith("from") ? sql + " seq_1_to_1000 a" : sql;
      this.option = option;
      this.fetchSize = fetchSize;
    }

    void read(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        if (fetchSize != 0) {
          statement.setFetchSize(fetchSize);
        }
        ResultSet rows = statement.executeQuery(sql);
        assertThat(rows.next()).isTrue();
        if (this == METADATA) {
          connection.getMetaData().getImportedKeys(null, null, "t").close();
        } else if (this != PROCEDURE) {
          tryAnother(connection);
        }
      }
    }

    private static void tryAnother(Connection connection) throws SQLException {
      try (Statement another = connection.createStatement()) {
        another.executeQuery("select 7");
        throw new AssertionError("the stream did not fail");
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains("more than 1 row");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void streamThatFails_givesNoLaterBorrowerAnothersAnswer(Stream stream) throws SQLException {
    String url = TestDatabase.MARIADB.url();
    try (TidepoolDataSource pool = RealPools.pool(url + stream.option, 1)) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "create or replace procedure half_a_stream() begin select seq from seq_1_to_1000;"
                + " signal sqlstate '45000' set message_text = 'of the first borrower'; end");
      }
      try (Connection connection = pool.getConnection()) {
        stream.read(connection);
      }
      for (int asked = 1000; asked < 1004; asked++) {
        try (Connection next = pool.getConnection()) {
          assertThat(ask(next, "select " + asked)).isEqualTo("" + asked);
        }
      }
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    }
  }

  /**
   * The server did it, and what the driver throws is what the procedure had left: it sends nothing
   * to undo what it believes was not done.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readOnlyThatIsToldOfAStreamsFailure_isNotTheNextOnes(boolean readOnly) throws SQLException {
    try (TidepoolDataSource pool = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
      pool.setReadOnly(!readOnly);
      try (TidepoolDataSource other = RealPools.pool(TestDatabase.MARIADB.url(), 1);
          Connection connection = other.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "create or replace procedure three_steps() begin select 1; select 2;"
                + " signal sqlstate '45000' set message_text = 'of the third'; end");
      }
      try (Connection connection = pool.getConnection()) {
        Statement statement = connection.createStatement();
        statement.setFetchSize(1);
        statement.executeQuery("call three_steps()");
        assertThatThrownBy(() -> connection.setReadOnly(readOnly))
            .hasMessageContaining("of the third");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(next.isReadOnly()).isEqualTo(!readOnly);
        assertThat(ask(next, "select @@tx_read_only")).isEqualTo(readOnly ? "0" : "1");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** It is read to its end, and has not failed: what is left is a mere "that was all". */
  @Test
  void procedureThatIsStreamed_costsNoSession() throws SQLException {
    try (TidepoolDataSource pool = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "create or replace procedure a_stream() begin select seq from seq_1_to_10; end");
        statement.setFetchSize(1);
        ResultSet rows = statement.executeQuery("call a_stream");
        assertThat(rows.next()).isTrue();
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select 1")).isEqualTo("1");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }
}
