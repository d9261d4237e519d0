package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static dev.tidepool.RealPools.askPool;
import static dev.tidepool.RealPools.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.TestDatabase;
import dev.tidepool.testing.TracingDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways of MySQL's own driver, which speaks to this server, too. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealMysqlDriverTest {
  private static final String FOUR = "select 1 union select 2 union select 3 union select ?";

  private static TidepoolDataSource mysql(String options) {
    return mysql(options, 1);
  }

  private static TidepoolDataSource mysql(String options, int size) {
    return pool(TestDatabase.MARIADB.mysqlUrl("sslMode=DISABLED" + options), size);
  }

  private static TidepoolDataSource mysql(String options, boolean traced) {
    TidepoolDataSource pool = mysql(options);
    if (traced) {
      String url = pool.getUrl();
      pool.setUrl(null);
      pool.setDataSource(TracingDataSource.of(url));
    }
    return pool;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The driver keeps the statement with its limits, for whoever prepares the same SQL next. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void limitsOfACachedStatement_endWithTheirBorrower(boolean traced) throws SQLException {
    String options = "&useServerPrepStmts=true&cachePrepStmts=true";
    try (TidepoolDataSource pool = mysql(options, traced)) {
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

  /** With a cursor the driver prepares it unseen, gives that the limits, and keeps it. */
  @ParameterizedTest
  @CsvSource({"'', false", "'', true", "&defaultFetchSize=2, false"})
  void limitsOfAPlainStatement_endWithTheirBorrower(String options, boolean traced)
      throws SQLException {
    String four = FOUR.replace("?", "4");
    String cached = "&useCursorFetch=true&cachePrepStmts=true" + options;
    try (TidepoolDataSource pool = mysql(cached, traced)) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        if (options.isEmpty()) {
          statement.setFetchSize(2);
        }
        statement.setMaxRows(1);
        statement.setQueryTimeout(7);
        assertThat(count(statement.executeQuery(four))).isEqualTo(1);
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(four)) {
        assertThat(statement.getQueryTimeout()).isZero();
        assertThat(statement.getMaxRows()).isZero();
        assertThat(count(statement.executeQuery())).isEqualTo(4);
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** The one that was prepared for them is closed with the first. */
  @ParameterizedTest
  @ValueSource(strings = {"", "&cachePrepStmts=true"})
  void severalResultsOfALimitedPlainStatement_areAllRead(String options) throws SQLException {
    try (TidepoolDataSource pool = mysql("&useCursorFetch=true" + options);
        Connection connection = pool.getConnection()) {
      execute(
          connection,
          "create or replace procedure two() begin select 1 union select 2; select 3; end");
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(2);
        statement.setQueryTimeout(7);
        assertThat(statement.execute("call two()")).isTrue();
        assertThat(count(statement.getResultSet())).isEqualTo(2);
        assertThat(statement.getMoreResults()).isTrue();
        assertThat(count(statement.getResultSet())).isEqualTo(1);
      }
      execute(connection, "drop procedure two");
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

  /** Set after the limit, this put it into the driver's cache with it. */
  @Test
  void limitedStatement_isNotKept_thoughItWasSetPoolable() throws SQLException {
    try (TidepoolDataSource pool = mysql("&useServerPrepStmts=true&cachePrepStmts=true")) {
      try (Connection connection = pool.getConnection();
          PreparedStatement statement = connection.prepareStatement(FOUR)) {
        statement.setMaxRows(1);
        statement.setPoolable(true);
        assertThat(rows(statement)).isEqualTo(1);
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(FOUR)) {
        assertThat(rows(statement)).isEqualTo(4);
      }
    }
  }

  /** The driver takes it, although the statement is in its cache for the next borrower. */
  @Test
  void batchAddedToAClosedStatement_isNotExecutedByTheNextBorrower() throws SQLException {
    String insert = "insert into closed_statement values (?)";
    try (TidepoolDataSource pool = mysql("&useServerPrepStmts=true&cachePrepStmts=true")) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table closed_statement (who varchar(20))");
        PreparedStatement statement = connection.prepareStatement(insert);
        statement.close();
        assertThatThrownBy(() -> statement.setString(1, "first"))
            .hasMessageContaining("this statement is closed");
        assertThatThrownBy(statement::addBatch).hasMessageContaining("this statement is closed");
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(insert)) {
        statement.setString(1, "next");
        statement.addBatch();
        assertThat(statement.executeBatch()).hasSize(1);
        assertThat(ask(next, "select group_concat(who) from closed_statement")).isEqualTo("next");
        execute(next, "drop table closed_statement");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  private static int rows(PreparedStatement statement) throws SQLException {
    statement.setInt(1, 4);
    return count(statement.executeQuery());
  }

  private static int count(ResultSet result) throws SQLException {
    int rows = 0;
    try (result) {
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

  /** Nobody but an answer tells of it, and nothing is sent where the driver saves calls. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "useServerPrepStmts=true&useLocalTransactionState=true",
        "useCursorFetch=true&defaultFetchSize=2"
      })
  void autoCommitTurnedOnBySql_isOffForTheNext(String options) throws SQLException {
    try (TidepoolDataSource pool = mysql("&" + options)) {
      pool.setAutoCommit(false);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "set autocommit = 1");
        connection.commit();
        connection.prepareStatement(FOUR).close();
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select @@autocommit")).isEqualTo("0");
      }
    }
  }

  /** The answer to commit() told of it, and was forgotten with the end of the statement. */
  @ParameterizedTest
  @CsvSource({
    "useServerPrepStmts=true, false",
    "useServerPrepStmts=true, true",
    "useServerPrepStmts=true&useLocalTransactionState=true, false",
    "useServerPrepStmts=true&useLocalSessionState=true, true"
  })
  void autoCommitTurnedOnBySql_beforeTheEndOfAStatement_isOffForTheNext(
      String options, boolean closedByTheReturn) throws SQLException {
    try (TidepoolDataSource pool = mysql("&" + options)) {
      pool.setAutoCommit(false);
      try (Connection connection = pool.getConnection()) {
        PreparedStatement statement = connection.prepareStatement(FOUR);
        execute(connection, "set autocommit = 1");
        connection.commit();
        if (!closedByTheReturn) {
          statement.close();
        }
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select @@autocommit")).isEqualTo("0");
      }
    }
  }

  /**
   * A procedure that has inserted before it failed. The driver takes that for no transaction, and
   * passes over rollback(), the borrower's too.
   */
  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "false, true"})
  void callThatFailedHalfWay_withLocalTransactionState_isNotCommitted(
      boolean autoCommit, boolean rollBack) throws SQLException {
    try (TidepoolDataSource pool = mysql("&useLocalTransactionState=true")) {
      pool.setAutoCommit(autoCommit);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table half_way (id int) engine=innodb");
        execute(
            connection,
            "create or replace procedure half() begin insert into half_way values (1);"
                + " signal sqlstate '45000' set message_text = 'half'; end");
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> execute(connection, "call half()")).hasMessageContaining("half");
        if (rollBack) {
          connection.rollback();
        }
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from half_way")).isEqualTo("0");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  private static List<Connection> borrowAll(TidepoolDataSource pool) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
      all.add(pool.getConnection());
    }
    return all;
  }

  private static void closeAll(List<Connection> all) throws SQLException {
    for (Connection connection : all) {
      connection.close();
    }
  }

  private static void assertFresh(Connection next) throws SQLException {
    assertThat(ask(next, "select @@in_transaction")).isEqualTo("0");
    assertThat(ask(next, "select @@autocommit")).isEqualTo("1");
  }

  /**
   * The driver knows nothing after a login with the first, or a statement prepared on the server
   * with the second. Not only the first connection, which is asked more than the others.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&useLocalSessionState=true",
        "&useServerPrepStmts=true",
        "&useLocalSessionState=true&useServerPrepStmts=true&cachePrepStmts=true",
        "&useCursorFetch=true&defaultFetchSize=2",
        "&useCursorFetch=true&defaultFetchSize=2&useLocalSessionState=true"
      })
  void whatSqlBegan_onEveryConnectionOfThePool_endsWithItsBorrower(String options)
      throws SQLException {
    try (TidepoolDataSource pool = mysql(options, 3)) {
      for (String sql : List.of("start transaction", "set autocommit = 0")) {
        List<Connection> all = borrowAll(pool);
        for (Connection connection : all) {
          execute(connection, sql);
        }
        closeAll(all);
        List<Connection> next = borrowAll(pool);
        for (Connection connection : next) {
          assertFresh(connection);
        }
        closeAll(next);
      }
    }
  }

  /** What the last exchange with the server can be, so that the driver does not know its status. */
  enum Last {
    PING {
      @Override
      void on(Connection connection) throws SQLException {
        assertThat(connection.isValid(5)).isTrue();
      }
    },
    STREAM {
      @Override
      void on(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
          statement.setFetchSize(Integer.MIN_VALUE);
          statement.executeQuery("select 1 union select 2").close();
        }
      }
    },
    REFUSAL {
      @Override
      void on(Connection connection) {
        assertThatThrownBy(() -> execute(connection, "select * from mysql.nothing_of_the_kind"))
            .isInstanceOf(SQLException.class);
      }
    },
    PREPARE {
      @Override
      void on(Connection connection) throws SQLException {
        connection.prepareStatement(FOUR).close();
      }
    };

    abstract void on(Connection connection) throws SQLException;
  }

  @ParameterizedTest
  @EnumSource(Last.class)
  void whatSqlBegan_andTheDriverHasForgotten_endsWithItsBorrower(Last last) throws SQLException {
    try (TidepoolDataSource pool = mysql("&useServerPrepStmts=true")) {
      for (String sql : List.of("start transaction", "set autocommit = 0")) {
        try (Connection connection = pool.getConnection()) {
          execute(connection, sql);
          last.on(connection);
        }
        try (Connection next = pool.getConnection()) {
          assertFresh(next);
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** The driver cannot be told to change auto-commit then, so to take it for changed is dear. */
  @ParameterizedTest
  @EnumSource(Last.class)
  void whatTheDriverHasForgotten_costsNoSession(Last last) throws SQLException {
    try (TidepoolDataSource pool = mysql("&useLocalSessionState=true&useServerPrepStmts=true")) {
      for (int i = 0; i < 2; i++) {
        try (Connection connection = pool.getConnection()) {
          last.on(connection);
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  @Test
  void statementAsLastExchange_costsNoRollback() throws SQLException {
    String rollbacks =
        "select variable_value from information_schema.session_status"
            + " where variable_name = 'COM_ROLLBACK'";
    try (TidepoolDataSource pool = mysql("&useLocalSessionState=true")) {
      String before = askPool(pool, rollbacks);
      assertThat(askPool(pool, rollbacks)).isEqualTo(before);
    }
  }

  /** The driver sends no rollback then, and to turn auto-commit on commits. */
  @ParameterizedTest
  @EnumSource(Last.class)
  void transactionThatTheDriverHasForgotten_isNotCommitted(Last last) throws SQLException {
    try (TidepoolDataSource pool = mysql("&useLocalTransactionState=true")) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table forgotten (id int) engine=innodb");
      }
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        execute(connection, "insert into forgotten values (1)");
        last.on(connection);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from forgotten")).isEqualTo("0");
        execute(next, "drop table forgotten");
      }
    }
  }

  /** Nor what was done with the driver's own object, which the pool has not seen. */
  @Test
  void transactionOfTheUnwrappedConnection_thatTheDriverHasForgotten_isNotCommitted()
      throws SQLException {
    try (TidepoolDataSource pool = mysql("&useLocalTransactionState=true")) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table forgotten (id int) engine=innodb");
      }
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        execute(connection.unwrap(Connection.class), "insert into forgotten values (1)");
        assertThat(connection.isValid(1)).isTrue();
        connection.setReadOnly(true);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from forgotten")).isEqualTo("0");
        execute(next, "drop table forgotten");
      }
    }
  }

  /** The driver had noted the end of the limit, and all later borrowers got two rows. */
  @Test
  void limitOfAStream_whoseEndTheDriverCouldNotSend_endsWithItsBorrower() throws SQLException {
    try (TidepoolDataSource pool = mysql("")) {
      try (Connection connection = pool.getConnection();
          Statement streaming = connection.createStatement()) {
        streaming.setFetchSize(Integer.MIN_VALUE);
        streaming.setMaxRows(2);
        ResultSet rows = streaming.executeQuery("select 1 union select 2 union select 3");
        assertThat(rows.next()).isTrue();
        assertThatThrownBy(() -> execute(connection, "do 0")).hasMessageContaining("still active");
      }
      try (Connection next = pool.getConnection();
          PreparedStatement statement = next.prepareStatement(FOUR)) {
        assertThat(rows(statement)).isEqualTo(4);
      }
    }
  }

  /** The driver refuses it by itself, with the state of a connection that is not there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endOfATransactionUnderAutoCommit_costsNoSession(boolean traced) throws SQLException {
    try (TidepoolDataSource pool = mysql("", traced)) {
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
