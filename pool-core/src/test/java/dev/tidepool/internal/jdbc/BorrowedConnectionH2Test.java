package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.SessionDefaults;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One borrower after another on one connection of a real database. */
@NullUnmarked // JDBC takes null
class BorrowedConnectionH2Test {
  private Connection driver;
  private Connection observer;
  private FakeLender lender;

  @BeforeEach
  void open() throws SQLException {
    String url = "jdbc:h2:mem:borrowed";
    driver = DriverManager.getConnection(url);
    observer = DriverManager.getConnection(url);
    try (Statement statement = observer.createStatement()) {
      statement.execute("create table shell(id int primary key, name varchar(20))");
      statement.execute("create schema other");
    }
    lender = new FakeLender(driver, defaults(), false);
  }

  private SessionDefaults defaults() throws SQLException {
    return new SessionDefaults(
        driver.getAutoCommit(),
        driver.isReadOnly(),
        driver.getTransactionIsolation(),
        driver.getCatalog(),
        driver.getSchema(),
        driver.getHoldability(),
        driver.getNetworkTimeout());
  }

  @AfterEach
  void close() throws SQLException {
    driver.close();
    observer.close();
  }

  private int rows() throws SQLException {
    try (Statement statement = observer.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from shell")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void assertLendable() {
    assertThat(lender.returns).allMatch(r -> r.reason() == null, "kept").isNotEmpty();
  }

  @Test
  void uncommittedInsert_isGoneAfterClose() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("insert into shell values (1, 'a')");
    }
    assertThat(rows()).isZero();
    assertLendable();
  }

  /** H2 turns auto-commit on at the end of a transaction that SQL has begun, also if it was off. */
  @Test
  void transactionBegunBySql_whereThePoolsAutoCommitIsOff_leavesItOff() throws SQLException {
    driver.setAutoCommit(false);
    lender = new FakeLender(driver, defaults(), false);
    try (Connection connection = lender.lend()) {
      connection.createStatement().execute("begin");
      connection.createStatement().execute("insert into shell values (1, 'a')");
    }
    try (Connection next = lender.lend()) {
      assertThat(next.getAutoCommit()).isFalse();
      next.createStatement().execute("insert into shell values (2, 'b')");
    }
    assertThat(rows()).isZero();
    assertLendable();
  }

  @Test
  void uncommittedInsert_ofADoomedConnection_isGoneToo() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("insert into shell values (1, 'a')");
      lender.doom(lender.entry, RetireReason.EVICTED, null);
    }
    driver.close();
    assertThat(rows()).isZero();
  }

  @Test
  void workThroughTheUnwrappedConnection_isRolledBack() throws SQLException {
    try (Connection connection = lender.lend()) {
      Connection raw = connection.unwrap(Connection.class);
      raw.setAutoCommit(false);
      raw.createStatement().execute("insert into shell values (1, 'a')");
    }
    assertThat(rows()).isZero();
    assertThat(driver.getAutoCommit()).isTrue();
  }

  @Test
  void transactionBegunBySql_isRolledBack() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.createStatement().execute("begin");
      connection.createStatement().execute("insert into shell values (1, 'a')");
    }
    assertThat(rows()).isZero();
    assertThat(driver.getAutoCommit()).isTrue();
    assertLendable();
  }

  @Test
  void transactionBegunBySql_beforeAutoCommitIsTurnedOff_isRolledBack() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.createStatement().execute("begin");
      connection.createStatement().execute("insert into shell values (1, 'a')");
      connection.setAutoCommit(false);
    }
    assertThat(rows()).isZero();
    assertLendable();
  }

  @Test
  void autoCommitTurnedOffBySql_isRestored() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.createStatement().execute("set autocommit false");
      connection.createStatement().execute("insert into shell values (1, 'a')");
    }
    assertThat(rows()).isZero();
    assertThat(driver.getAutoCommit()).isTrue();
    assertLendable();
  }

  @Test
  void committedInsert_stays() throws SQLException {
    try (Connection connection = lender.lend()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("insert into shell values (1, 'a')");
      connection.commit();
      connection.createStatement().execute("insert into shell values (2, 'b')");
    }
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void attributesOfOneBorrower_areInvisibleToTheNext() throws SQLException {
    try (Connection first = lender.lend()) {
      first.setAutoCommit(false);
      first.setSchema("OTHER");
      first.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      first.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
      first.setReadOnly(true);
      assertThat(first.getSchema()).isEqualTo("OTHER");
    }
    assertLendable();
    try (Connection second = lender.lend()) {
      assertThat(second.getAutoCommit()).isTrue();
      assertThat(second.getSchema()).isEqualTo("PUBLIC");
      assertThat(second.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(second.getHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
      assertThat(second.isReadOnly()).isFalse();
    }
  }

  @Test
  void attributesSetOnTheDriversObject_areInvisibleToTheNext() throws SQLException {
    try (Connection first = lender.lend()) {
      Connection raw = first.unwrap(org.h2.jdbc.JdbcConnection.class);
      raw.setSchema("OTHER");
      raw.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      raw.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
    }
    assertLendable();
    try (Connection second = lender.lend()) {
      assertThat(second.getSchema()).isEqualTo("PUBLIC");
      assertThat(second.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(second.getHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
    }
  }

  /** What H2 asks its server about itself begins a transaction, too. */
  static Stream<Call> questions() {
    return Stream.of(
        Connection::isReadOnly,
        connection -> {
          Statement statement = connection.createStatement();
          connection.commit();
          statement.getQueryTimeout();
        },
        connection -> connection.unwrap(Connection.class),
        connection -> connection.unwrap(org.h2.jdbc.JdbcConnection.class));
  }

  /** Made by a borrower. */
  interface Call {
    void on(Connection connection) throws SQLException;
  }

  @ParameterizedTest
  @MethodSource("questions")
  void snapshotOfOneBorrower_isNotTheNextOnes(Call question) throws SQLException {
    driver.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    driver.setAutoCommit(false);
    lender = new FakeLender(driver, defaults(), false);
    driver.rollback();
    try (Connection first = lender.lend()) {
      question.on(first);
    }
    assertLendable();
    try (Statement statement = observer.createStatement()) {
      statement.execute("insert into shell values (1, 'a')");
    }
    try (Connection second = lender.lend();
        ResultSet rows = second.createStatement().executeQuery("select count(*) from shell")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void schemaOfAManualPool_isResetForGood() throws SQLException {
    driver.setAutoCommit(false);
    lender = new FakeLender(driver, defaults(), false);
    try (Connection first = lender.lend()) {
      first.setSchema("OTHER");
      first.commit();
    }
    try (Connection second = lender.lend()) {
      second.rollback();
      assertThat(second.getSchema()).isEqualTo("PUBLIC");
      assertThat(second.getAutoCommit()).isFalse();
    }
  }

  @Test
  void statements_dieWithTheirConnection() throws SQLException {
    Connection connection = lender.lend();
    PreparedStatement statement = connection.prepareStatement("select 1");
    ResultSet rows = statement.executeQuery();
    Statement raw = statement.unwrap(Statement.class);
    connection.close();

    assertThat(raw.isClosed()).isTrue();
    assertThat(statement.isClosed()).isTrue();
    assertThat(rows.isClosed()).isTrue();
    statement.close();
    rows.close();
    assertThatThrownBy(statement::executeQuery)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThatThrownBy(rows::next).hasMessageContaining("returned to pool reef");
  }

  @Test
  void closeOnCompletion_behaves() throws SQLException {
    try (Connection connection = lender.lend()) {
      Statement statement = connection.createStatement();
      assertThat(statement.isCloseOnCompletion()).isFalse();
      statement.closeOnCompletion();
      assertThat(statement.isCloseOnCompletion()).isTrue();
      ResultSet rows = statement.executeQuery("select 1");
      rows.close();
      assertThat(statement.isClosed()).isTrue();
      statement.close();
    }
    assertLendable();
  }

  @Test
  void navigation_neverLeavesThePool() throws SQLException {
    try (Connection connection = lender.lend()) {
      Statement statement = connection.createStatement();
      assertThat(statement.getConnection()).isSameAs(connection);
      statement.execute("insert into shell values (1, 'a')", Statement.RETURN_GENERATED_KEYS);
      assertThat(statement.getGeneratedKeys().getStatement().getConnection()).isSameAs(connection);
      ResultSet rows = statement.executeQuery("select * from shell");
      assertThat(rows.getStatement()).isSameAs(statement);
      assertThat(statement.getResultSet()).isSameAs(rows);
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      ResultSet tables = connection.getMetaData().getTables(null, null, "SHELL", null);
      assertThat(tables.next()).isTrue();
      Statement hidden = tables.getStatement();
      if (hidden != null) {
        assertThat(hidden.getConnection()).isSameAs(connection);
      }
    }
    assertLendable();
  }

  @Test
  void ordinaryErrors_comeFromTheDriverUnchanged() throws SQLException {
    try (Connection connection = lender.lend();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("select nonsense from nowhere"))
          .isInstanceOf(org.h2.jdbc.JdbcSQLSyntaxErrorException.class);
      assertThat(lender.judged).hasSize(1);
      assertThat(statement.execute("select 1")).isTrue();
    }
  }

  @Test
  void quoting_isTheDrivers() throws SQLException {
    try (BorrowedConnection connection = lender.lend()) {
      assertThat(connection.enquoteLiteral("it's")).isEqualTo("'it''s'");
      assertThat(connection.enquoteNCharLiteral("it's")).isEqualTo("N'it''s'");
      assertThat(connection.enquoteIdentifier("Shell", false)).isEqualTo("\"Shell\"");
      assertThat(connection.isSimpleIdentifier("SHELL")).isTrue();
    }
  }

  /** In these modes H2 takes client info, keeps a name that is set to null, and then tells none. */
  @ParameterizedTest
  @ValueSource(strings = {"MySQL", "MariaDB", "PostgreSQL", "DB2"})
  void clientInfoThatWasNotThereBefore_isGone(String mode) throws SQLException {
    driver.close();
    driver = DriverManager.getConnection("jdbc:h2:mem:borrowed;MODE=" + mode);
    lender = new FakeLender(driver, defaults(), false);
    try (Connection connection = lender.lend()) {
      connection.setClientInfo("ApplicationName", "first");
    }
    try (Connection next = lender.lend()) {
      assertThat(next.getClientInfo()).doesNotContainKey("ApplicationName");
      assertThat(next.getClientInfo("ApplicationName")).isNull();
    }
    assertLendable();
  }
}
