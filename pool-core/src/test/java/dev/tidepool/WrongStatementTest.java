package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A statement of the configuration that the database refuses: the pool started, replaced one
 * connection after the other, and said of none why.
 */
class WrongStatementTest extends ScriptedPoolTest {
  private static final String WRONG = "SELEC 1";

  private void set(String property, String sql) {
    if (property.equals("connectionTestQuery")) {
      pool.setConnectionTestQuery(sql);
    } else {
      pool.setKeepaliveQuery(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connectionTestQuery", "keepaliveQuery"})
  void ofChecksAndPings_failsTheStart_andNamesItself_untilItIsCorrected(String property)
      throws SQLException {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    set(property, WRONG);
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining(property + "=" + WRONG)
        .hasRootCauseInstanceOf(org.h2.jdbc.JdbcSQLSyntaxErrorException.class)
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("42"));
    assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    assertThat(database.openNow()).isZero();
    set(property, "SELECT 1");
    pool.getConnection().close();
  }

  @Test
  void ofChecks_isTriedWhereTheStartTriesNothing() {
    pool.setConnectionTimeout(Duration.ofSeconds(2)); // the attempt has to fail before
    pool.setConnectionTestQuery(WRONG);
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(PoolTimeoutException.class)
        .hasMessageContaining("connectionTestQuery=" + WRONG);
  }

  /**
   * The start failed with what the database said, and it was left to guess which setting it meant.
   */
  @Test
  void settingsOfTheSession_areNamed_whenTheStartFails() {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    pool.setConnectionInitSql(WRONG);
    assertStartFails("connectionInitSql=" + WRONG, "42");
    pool.setConnectionInitSql(null);
    pool.setSchema("NOPE");
    assertStartFails("schema=NOPE", "90079");
    pool.setSchema(null);
    pool.setTransactionIsolation("SQL_SERVER_SNAPSHOT_ISOLATION_LEVEL");
    assertStartFails("transactionIsolation=4096", "90008");
  }

  private void assertStartFails(String setting, String state) {
    assertThatThrownBy(pool::getConnection)
        .hasMessageContaining("scripted: " + setting + " is refused")
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith(state));
  }

  /** The log said that the database was down. */
  @Test
  void settingOfTheSession_isNamed_whereTheStartTriesNothing() {
    pool.setConnectionTimeout(Duration.ofSeconds(2)); // the attempt has to fail before
    pool.setSchema("NOPE");
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      assertThatThrownBy(pool::getConnection)
          .isInstanceOf(PoolTimeoutException.class)
          .hasMessageContaining("schema=NOPE");
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" WARN "))
          .isNotEmpty()
          .allMatch(line -> line.contains("schema=NOPE"));
    }
  }

  /** Not tried at the start, as it may undo what the init SQL has done. */
  @Test
  void ofTheReturn_isWarnedOf_once() throws SQLException {
    pool.setConnectionResetSql(WRONG);
    try (LogCapture log = LogCapture.everythingBeside(TidepoolDataSource.class)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          connection.createStatement();
        }
      }
      Await.until("told", () -> log.count("connectionResetSql=" + WRONG) == 3);
      assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isEqualTo(3);
      List<String> warnings =
          log.lines().stream()
              .filter(line -> line.contains(" WARN ") && line.contains("connectionResetSql"))
              .toList();
      assertThat(warnings)
          .singleElement(STRING)
          .contains("scripted: connectionResetSql=" + WRONG)
          .contains("Syntax error");
    }
  }
}
