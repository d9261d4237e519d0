package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways of MySQL's own driver, which speaks to this server, too. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealMysqlDriverTest {
  private static final String FOUR = "select 1 union select 2 union select 3 union select ?";

  private static TidepoolDataSource mysql(String options) {
    return pool(TestDatabase.MARIADB.mysqlUrl("sslMode=DISABLED" + options), 1);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The driver keeps the statement with its limits, for whoever prepares the same SQL next. */
  @Test
  void limitsOfACachedStatement_endWithTheirBorrower() throws SQLException {
    try (TidepoolDataSource pool = mysql("&useServerPrepStmts=true&cachePrepStmts=true")) {
      try (Connection connection = pool.getConnection();
          PreparedStatement statement = connection.prepareStatement(FOUR)) {
        statement.setMaxRows(2);
        assertThat(rows(statement)).isEqualTo(2);
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(FOUR)) {
        assertThat(statement.getMaxRows()).isZero();
        assertThat(rows(statement)).isEqualTo(4);
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  @Test
  void statementThatClosesItself_isNotKeptEither() throws SQLException {
    try (TidepoolDataSource pool = mysql("&useServerPrepStmts=true&cachePrepStmts=true")) {
      try (Connection connection = pool.getConnection()) {
        PreparedStatement statement = connection.prepareStatement(FOUR);
        statement.setMaxRows(2);
        statement.closeOnCompletion();
        assertThat(rows(statement)).isEqualTo(2);
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(FOUR)) {
        assertThat(statement.isCloseOnCompletion()).isFalse();
        assertThat(rows(statement)).isEqualTo(4);
      }
    }
  }

  private static int rows(PreparedStatement statement) throws SQLException {
    statement.setInt(1, 4);
    int rows = 0;
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows++;
      }
    }
    return rows;
  }

  /** The driver sends nothing then, and what all later borrowers wrote was lost. */
  @ParameterizedTest
  @ValueSource(
      strings = {"useLocalSessionState", "elideSetAutoCommits", "useLocalTransactionState"})
  void autoCommitTurnedOffBySql_whereTheDriverSavesCalls_isOnForTheNext(String option)
      throws SQLException {
    try (TidepoolDataSource pool = mysql("&" + option + "=true")) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "set autocommit = 0");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select @@autocommit")).isEqualTo("1");
      }
    }
  }

  @Test
  void autoCommitTurnedOffBySql_isTurnedOn_andTheSessionStays() throws SQLException {
    try (TidepoolDataSource pool = mysql("")) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "set autocommit = 0");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select @@autocommit")).isEqualTo("1");
      }
      assertThat(pool.stats().retired()).isEqualTo(Map.of());
    }
  }

  /** The driver refuses it by itself, with the state of a connection that is not there. */
  @Test
  void endOfATransactionUnderAutoCommit_costsNoSession() throws SQLException {
    try (TidepoolDataSource pool = mysql("")) {
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, "select 1")).isEqualTo("1");
        assertThatThrownBy(connection::rollback)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        assertThatThrownBy(connection::commit).hasMessageContaining("autocommit");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select 1")).isEqualTo("1");
      }
      assertThat(pool.stats().retired()).isEmpty();
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }
}
