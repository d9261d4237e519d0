package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.TestDatabase;
import dev.tidepool.testing.TracingDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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
  /** For a driver, and a parameter of the URL if it is to have one. */
  private static String url(String driver) {
    String[] option = driver.split("&");
    String url =
        option[0].equals("mysql")
            ? TestDatabase.MARIADB.mysqlUrl("sslMode=DISABLED")
            : TestDatabase.MARIADB.url();
    int host = url.indexOf("//") + 2;
    int path = url.indexOf('/', host);
    String server = url.substring(host, path);
    String parameter = option.length > 1 ? "&" + option[1] : "";
    return "jdbc:"
        + option[0]
        + ":replication://"
        + server
        + ","
        + server
        + url.substring(path)
        + parameter;
  }

  /** One pool of one connection. */
  private static TidepoolDataSource pool(String driver, boolean autoCommit) {
    TidepoolDataSource pool = RealPools.pool(url(driver), 1);
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

  /** As frameworks do; one that reads little by little, and one of whose statements fails. */
  @ParameterizedTest
  @CsvSource({
    "mariadb, true",
    "mariadb, false",
    "mysql, true",
    "mysql, false",
    "mysql&useCursorFetch=true, true"
  })
  void readOnlyTransactionThatEnded_costsNothing(String driver, boolean autoCommit)
      throws SQLException {
    try (TidepoolDataSource pool = pool(driver, autoCommit)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          connection.setReadOnly(true);
          connection.setAutoCommit(false);
          read(connection);
          connection.getMetaData().getDatabaseProductName();
          assertThatThrownBy(() -> execute(connection, "select nothing"))
              .isInstanceOf(SQLException.class);
          connection.rollback();
          connection.setAutoCommit(autoCommit);
          connection.setReadOnly(false);
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  private static void read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(50);
      try (ResultSet rows = statement.executeQuery("select id from replicated")) {
        assertThat(rows.next()).isFalse();
      }
    }
  }

  /** No other server is chosen. */
  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void whatItIsAlready_costsNothing(String driver) throws SQLException {
    try (TidepoolDataSource pool = pool(driver, false)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          execute(connection, "insert into replicated values (1)");
          connection.setReadOnly(false);
          connection.commit();
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** It has inserted before it failed. */
  @ParameterizedTest
  @CsvSource({"mariadb, true", "mariadb, false", "mysql, true", "mysql, false"})
  void procedureThatFailedHalfWay_isNotCommitted(String driver, boolean autoCommit)
      throws SQLException {
    try (TidepoolDataSource pool = pool(driver, autoCommit)) {
      try (Connection connection = pool.getConnection()) {
        execute(
            connection,
            "create or replace procedure half_replicated() begin insert into replicated values (1);"
                + " signal sqlstate '45000' set message_text = 'half'; end");
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> execute(connection, "call half_replicated()"))
            .hasMessageContaining("half");
        connection.setReadOnly(true);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from replicated")).isEqualTo("0");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"mariadb, false", "mariadb, true", "mysql, false", "mysql, true"})
  void connectionResetSql_isRunOnBothServers(String driver, boolean readOnly) throws SQLException {
    try (TidepoolDataSource pool = pool(driver, true)) {
      pool.setReadOnly(readOnly);
      pool.setConnectionResetSql("do release_all_locks()");
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, "select get_lock('first', 0)")).isEqualTo("1");
        connection.setReadOnly(!readOnly);
        assertThat(ask(connection, "select get_lock('second', 0)")).isEqualTo("1");
        connection.setReadOnly(readOnly);
      }
      for (String lock : List.of("first", "second")) {
        try (TidepoolDataSource other = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
          assertThat(RealPools.askPool(other, "select is_free_lock('" + lock + "')"))
              .isEqualTo("1");
        }
      }
      assertThat(pool.stats().retired()).isEmpty();
      try (Connection next = pool.getConnection()) {
        assertThat(next.isReadOnly()).isEqualTo(readOnly);
      }
    }
  }

  /** A DataSource that traces hands out connections of its own class. */
  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void wrappedConnection_isRecognised(String driver) throws SQLException {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(TracingDataSource.of(url(driver)));
      pool.setMaximumPoolSize(1);
      pool.setAutoCommit(false);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "insert into replicated values (1)");
        connection.setReadOnly(true);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from replicated")).isEqualTo("0");
      }
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    }
  }

  /** Of a URL whose mode is another, but whose hosts are a primary and a replica. */
  @ParameterizedTest
  @ValueSource(strings = {"sequential", "loadbalance"})
  void replicaInAnyMode_isRecognised(String mode) throws SQLException {
    String url = TestDatabase.MARIADB.url();
    int host = url.indexOf("//") + 2;
    int path = url.indexOf('/', host);
    String[] server = url.substring(host, path).split(":");
    String address = "address=(host=" + server[0] + ")(port=" + server[1] + ")(type=";
    String hosts = address + "primary)," + address + "replica)";
    try (TidepoolDataSource pool =
        RealPools.pool("jdbc:mariadb:" + mode + "://" + hosts + url.substring(path), 1)) {
      pool.setAutoCommit(false);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "insert into replicated values (1)");
        connection.setReadOnly(true);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from replicated")).isEqualTo("0");
      }
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    }
  }
}
