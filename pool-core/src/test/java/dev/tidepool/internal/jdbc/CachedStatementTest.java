package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.QuietStatus;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements that a driver keeps after their end, with all that was set on them. */
@NullUnmarked // reflection
class CachedStatementTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();

  /** Sets something on a statement. */
  interface Setting {
    void on(PreparedStatement statement) throws SQLException;
  }

  static Stream<Setting> settings() {
    return Stream.of(
        statement -> statement.setMaxRows(2),
        statement -> statement.setLargeMaxRows(2),
        statement -> statement.setQueryTimeout(2),
        statement -> statement.setFetchSize(2),
        statement -> statement.setMaxFieldSize(2),
        statement -> statement.setFetchDirection(1001),
        statement -> statement.setEscapeProcessing(false),
        PreparedStatement::closeOnCompletion);
  }

  private FakeLender mysql() throws ClassNotFoundException {
    Class<?> driver = Class.forName("com.mysql.cj.jdbc.ConnectionImpl");
    return new FakeLender(jdbc.connection(), new QuietStatus(driver));
  }

  /**
   * MySQL's (useServerPrepStmts and cachePrepStmts) hands it to whoever prepares the same SQL next:
   * a limit of two rows cut off the results of the next borrower.
   */
  @ParameterizedTest
  @MethodSource("settings")
  void statementOfMysqlsDriver_isNotKept(Setting setting) throws Exception {
    try (BorrowedConnection connection = mysql().lend();
        PreparedStatement statement = connection.prepareStatement("select 1")) {
      statement.setInt(1, 1);
      assertThat(jdbc.log()).doesNotContain("PreparedStatement.setPoolable(false)");
      setting.on(statement);
    }
    assertThat(jdbc.log()).contains("PreparedStatement.setPoolable(false)");
  }

  /** To set it poolable would give it to the next borrower all the same. */
  @ParameterizedTest
  @MethodSource("settings")
  void statementOfMysqlsDriver_staysOutOfTheCache(Setting setting) throws Exception {
    try (BorrowedConnection connection = mysql().lend();
        PreparedStatement statement = connection.prepareStatement("select 1")) {
      statement.setPoolable(true);
      setting.on(statement);
      statement.setPoolable(true);
    }
    assertThat(jdbc.log())
        .contains("PreparedStatement.setPoolable(false)")
        .doesNotContain("PreparedStatement.setPoolable(true)");
  }

  @Test
  void statementOfMysqlsDriver_canBeKeptOutByItsUser() throws Exception {
    try (BorrowedConnection connection = mysql().lend();
        PreparedStatement statement = connection.prepareStatement("select 1")) {
      statement.setPoolable(false);
    }
    assertThat(jdbc.log()).contains("PreparedStatement.setPoolable(false)");
  }

  /** It is not the driver's cache that would keep it, and isPoolable() has to say what was set. */
  @Test
  void plainStatementOfMysqlsDriver_isAsPoolableAsItsUserSays() throws Exception {
    try (BorrowedConnection connection = mysql().lend();
        Statement statement = connection.createStatement()) {
      statement.setMaxRows(2);
      statement.setPoolable(true);
    }
    assertThat(jdbc.log())
        .contains("Statement.setPoolable(true)")
        .doesNotContain("Statement.setPoolable(false)");
  }

  /** With useCursorFetch; the statement that was prepared for it is that of its rows. */
  @ParameterizedTest
  @CsvSource({
    "com.mysql.cj.jdbc.ConnectionImpl, true, 0, 2, true",
    "com.mysql.cj.jdbc.ConnectionImpl, true, 2, 0, true",
    "com.mysql.cj.jdbc.ConnectionImpl, true, 0, 0, false",
    "com.mysql.cj.jdbc.ConnectionImpl, false, 2, 2, false",
    "org.mariadb.jdbc.Connection, true, 2, 2, false"
  })
  void whatIsPreparedForAPlainStatement_isNotKept_withALimit(
      Class<?> driver, boolean cursors, int rows, int seconds, boolean expected)
      throws SQLException {
    Said said = new Said(jdbc, driver);
    FakeLender lender = new FakeLender(jdbc.connection(), cursors ? said.losingStep() : said);
    jdbc.answer("ResultSet.getStatement", jdbc.make(PreparedStatement.class));
    jdbc.answer("Statement.getMaxRows", rows);
    jdbc.answer("Statement.getQueryTimeout", seconds);
    jdbc.answer("PreparedStatement.isClosed", false);
    jdbc.answer("PreparedStatement.isWrapperFor", true);
    try (BorrowedConnection connection = lender.lend();
        Statement statement = connection.createStatement()) {
      boolean unused = statement.executeQuery("select 1").next();
      assertThat(jdbc.log().contains("PreparedStatement.setPoolable(false)")).isEqualTo(expected);
    }
  }

  /** Its own, to be kept where nothing was set on it. */
  @Test
  void rowsOfAPreparedStatement_changeNothing() throws Exception {
    Class<?> driver = Class.forName("com.mysql.cj.jdbc.ConnectionImpl");
    FakeLender lender = new FakeLender(jdbc.connection(), new Said(jdbc, driver).losingStep());
    PreparedStatement own = jdbc.connection().prepareStatement("select 1");
    jdbc.answer("ResultSet.getStatement", own);
    try (BorrowedConnection connection = lender.lend();
        PreparedStatement statement = connection.prepareStatement("select 1")) {
      boolean unused = statement.executeQuery().next();
    }
    assertThat(jdbc.log()).noneMatch(call -> call.contains("setPoolable"));
  }

  /** PostgreSQL's would prepare its SQL anew each time. */
  @ParameterizedTest
  @MethodSource("settings")
  void statementOfAnotherDriver_isKeptAsItWas(Setting setting) throws SQLException {
    FakeLender lender = new FakeLender(jdbc.connection());
    try (BorrowedConnection connection = lender.lend();
        PreparedStatement statement = connection.prepareStatement("select 1")) {
      setting.on(statement);
    }
    assertThat(jdbc.log()).noneMatch(call -> call.contains("setPoolable"));
  }
}
