package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * URLs that name a primary and a replica, between which {@code setReadOnly} chooses: two sessions
 * behind one connection. Here both are on one server, so that what one has committed the other
 * sees.
 */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealReplicationUrlTest {
  /** One pool of one connection. */
  private static TidepoolDataSource pool(String driver, boolean autoCommit) {
    String url =
        driver.equals("mysql")
            ? TestDatabase.MARIADB.mysqlUrl("sslMode=DISABLED")
            : TestDatabase.MARIADB.url();
    int host = url.indexOf("//") + 2;
    int path = url.indexOf('/', host);
    String server = url.substring(host, path);
    TidepoolDataSource pool =
        RealPools.pool(
            "jdbc:" + driver + ":replication://" + server + "," + server + url.substring(path), 1);
    pool.setAutoCommit(autoCommit);
    return pool;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @BeforeEach
  void makeTable() throws SQLException {
    try (TidepoolDataSource pool = RealPools.pool(TestDatabase.MARIADB.url(), 1);
        Connection connection = pool.getConnection()) {
      execute(connection, "create or replace table replicated (id int) engine=innodb");
    }
  }

  /** The return committed what nobody had, or lost what the next borrower committed. */
  @ParameterizedTest
  @CsvSource({"mariadb, true", "mariadb, false", "mysql, true", "mysql, false"})
  void transactionLeftOnThePrimary_isNotCommitted(String driver, boolean autoCommit)
      throws SQLException {
    try (TidepoolDataSource pool = pool(driver, autoCommit)) {
      try (Connection connection = pool.getConnection()) {
        if (autoCommit) {
          execute(connection, "begin");
        }
        execute(connection, "insert into replicated values (1)");
        connection.setReadOnly(true);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from replicated")).isEqualTo("0");
        execute(next, "insert into replicated values (2)");
        if (!autoCommit) {
          next.commit();
        }
      }
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    }
    try (TidepoolDataSource other = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
      assertThat(RealPools.askPool(other, "select group_concat(id) from replicated"))
          .isEqualTo("2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void transactionThatTheDriverMayHaveForgotten_isNotTheNextOnes(String driver)
      throws SQLException {
    try (TidepoolDataSource pool = pool(driver, true)) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "begin");
        execute(connection, "insert into replicated values (1)");
        assertThat(connection.isValid(1)).isTrue();
        connection.setReadOnly(true);
      }
      assertNextOneWrites(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void autoCommitTurnedOffBySql_isNotTheNextOnes(String driver) throws SQLException {
    try (TidepoolDataSource pool = pool(driver, true)) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "set autocommit=0");
        connection.setReadOnly(true);
      }
      assertNextOneWrites(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void serverChosenOnTheUnwrappedConnection_commitsNothing(String driver) throws SQLException {
    try (TidepoolDataSource pool = pool(driver, true)) {
      try (Connection connection = pool.getConnection()) {
        Connection own = connection.unwrap(Connection.class);
        own.setAutoCommit(false);
        execute(own, "insert into replicated values (1)");
        own.setReadOnly(true);
      }
      assertNextOneWrites(pool);
    }
  }

  private static void assertNextOneWrites(TidepoolDataSource pool) throws SQLException {
    try (Connection next = pool.getConnection()) {
      assertThat(next.getAutoCommit()).isTrue();
      execute(next, "insert into replicated values (2)");
    }
    try (TidepoolDataSource other = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
      assertThat(RealPools.askPool(other, "select group_concat(id) from replicated"))
          .isEqualTo("2");
    }
  }

  /** As frameworks do. */
  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void readOnlyTransactionThatEnded_costsNothing(String driver) throws SQLException {
    try (TidepoolDataSource pool = pool(driver, true)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          connection.setReadOnly(true);
          connection.setAutoCommit(false);
          assertThat(ask(connection, "select count(*) from replicated")).isEqualTo("0");
          connection.commit();
          connection.setAutoCommit(true);
          connection.setReadOnly(false);
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }
}
