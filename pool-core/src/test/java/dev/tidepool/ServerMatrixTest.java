package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every server must see of the pool, wherever the server comes from: these tests leave its
 * settings alone, need no rights but those of an ordinary user, and remove what they made.
 */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServerMatrixTest {
  private static final int SIZE = 4;

  /** Ways to find a session dead; which is first is chance, and one death may condemn the rest. */
  private static final Set<RetireReason> DEATHS =
      Set.of(
          RetireReason.HUNG_UP,
          RetireReason.PING_FAILED,
          RetireReason.VALIDATION_FAILED,
          RetireReason.SESSION_LOST,
          RetireReason.GENERATION_DEAD);

  private static TidepoolDataSource pool(String url) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setUrl(url);
    pool.setMaximumPoolSize(SIZE);
    return pool;
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The sessions behind all connections of a pool at rest, each used once. */
  private static Set<String> sessions(TidepoolDataSource pool, TestDatabase database)
      throws SQLException {
    List<Connection> all = new ArrayList<>();
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < SIZE; i++) {
      Connection connection = pool.getConnection();
      all.add(connection);
      ids.add(ask(connection, database.sessionQuery()));
    }
    for (Connection connection : all) {
      connection.close();
    }
    assertThat(ids).hasSize(SIZE);
    return ids;
  }

  private static long foundDead(TidepoolDataSource pool) {
    PoolStats stats = pool.stats();
    return DEATHS.stream().mapToLong(stats::retired).sum();
  }

  @ParameterizedTest
  @EnumSource
  void manyThreads_shareFewSessions_andNoneIsLost(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      Queue<Object> outcomes = new ConcurrentLinkedQueue<>();
      List<Thread> clerks = new ArrayList<>();
      for (int i = 0; i < 2 * SIZE; i++) {
        Thread clerk = new Thread(() -> work(pool, database, outcomes));
        clerk.start();
        clerks.add(clerk);
      }
      clerks.forEach(Await::end);
      assertThat(outcomes).hasSize(2 * SIZE * 50).doesNotHaveAnyElementsOfTypes(Throwable.class);
      assertThat(Set.copyOf(outcomes)).hasSizeBetween(1, SIZE);
      PoolStats stats = pool.stats();
      assertThat(stats.active()).isZero();
      assertThat(stats.opened()).isLessThanOrEqualTo(SIZE);
      assertThat(stats.retired()).isEmpty();
    }
  }

  private static void work(TidepoolDataSource pool, TestDatabase database, Queue<Object> outcomes) {
    for (int i = 0; i < 50; i++) {
      try (Connection connection = pool.getConnection()) {
        outcomes.add(ask(connection, database.sessionQuery()));
      } catch (SQLException e) {
        outcomes.add(e);
      }
    }
  }

  /** With the defaults: the server itself says that it will not wait for keepaliveTime=45s. */
  @ParameterizedTest
  @EnumSource
  void idleLimitOfTheSession_isLearned_andOutlived(TestDatabase database) throws Exception {
    Duration limit = Duration.ofSeconds(2);
    try (TidepoolDataSource pool = pool(database.idleLimit(limit))) {
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      Set<String> before = sessions(pool, database);
      assertThat(pool.stats().serverIdleLimit()).isEqualTo(limit);
      long pings = pool.stats().pings();
      // Longer than the limit: pings of one connection are more than a third of it apart.
      Await.until("pings", () -> pool.stats().pings() >= pings + 4 * SIZE);
      assertThat(sessions(pool, database)).isEqualTo(before);
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** The control of the test above: without pings the server does end the sessions. */
  @ParameterizedTest
  @EnumSource
  void idleLimitOfTheSession_endsConnectionsThatNobodyPings(TestDatabase database)
      throws Exception {
    try (TidepoolDataSource pool = pool(database.idleLimit(Duration.ofSeconds(4)))) {
      pool.setKeepaliveTime(Duration.ZERO);
      pool.setValidateAfterIdle(Duration.ZERO);
      Set<String> before = sessions(pool, database);
      database.awaitEnd(before);
      assertThat(sessions(pool, database)).doesNotContainAnyElementsOf(before);
      // More, if the machine was so slow that the replacements sat idle for too long as well.
      assertThat(foundDead(pool)).isGreaterThanOrEqualTo(SIZE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void killedSessions_areReplacedBeforeAnyoneGetsThem(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setValidateAfterIdle(Duration.ZERO);
      Set<String> before = sessions(pool, database);
      database.kill(before);
      assertThat(sessions(pool, database)).doesNotContainAnyElementsOf(before);
      assertThat(foundDead(pool)).isEqualTo(SIZE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void killedSessions_areFoundByPings_whileNobodyAsks(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setKeepaliveTime(Duration.ofMillis(200));
      Set<String> before = sessions(pool, database);
      database.kill(before);
      Await.until(
          "the pings find all dead, and the pool is full again",
          () -> foundDead(pool) == SIZE && pool.stats().idle() == SIZE);
      assertThat(sessions(pool, database)).doesNotContainAnyElementsOf(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void killedWhileBorrowed_isNotValid_andIsRetiredOnReturn(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      String id;
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
        id = ask(connection, database.sessionQuery());
        database.kill(Set.of(id));
        assertThat(connection.isValid(5)).isFalse();
      }
      assertThat(pool.stats().retired(RetireReason.VALIDATION_FAILED)).isEqualTo(1);
      assertThat(sessions(pool, database)).doesNotContain(id);
    }
  }

  /** Where nothing was said, drivers commit without the server, whether it lives or not. */
  @ParameterizedTest
  @EnumSource
  void emptyTransactions_areNoProofOfLife(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      pool.setAutoCommit(false);
      pool.setIdleWatch(false);
      pool.setKeepaliveTime(Duration.ZERO);
      String before;
      try (Connection connection = pool.getConnection()) {
        before = ask(connection, database.sessionQuery());
      }
      database.kill(Set.of(before));
      for (int i = 0; i < 15; i++) { // beyond validateAfterIdle=500ms, each less than that
        Await.quiet(Duration.ofMillis(100));
        try (Connection connection = pool.getConnection()) {
          connection.commit();
        }
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, database.sessionQuery())).isNotEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tcpKeepalive_isInForceOnTheSocket(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setTcpKeepIdle(Duration.ofSeconds(21));
      pool.setTcpKeepInterval(Duration.ofSeconds(7));
      pool.setTcpKeepCount(5);
      pool.getConnection().close();
      assertThat(pool.stats().tcpKeepAlive())
          .isEqualTo("on, idle 21 s, interval 7 s, count 5 (read from the socket)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void transactions_endWithTheBorrower_andCommitOnlyOnDemand(TestDatabase database)
      throws Exception {
    String table = "tidepool_" + UUID.randomUUID().toString().replace("-", "");
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      pool.setAutoCommit(false);
      String count = "select count(*) from " + table;
      database.execute("create table " + table + " (n int)");
      try (AutoCloseable drop = () -> database.execute("drop table " + table)) {
        String insert = "insert into " + table + " values (1)";
        String id;
        try (Connection connection = pool.getConnection()) {
          id = ask(connection, database.sessionQuery());
          execute(connection, insert);
          assertThat(ask(connection, count)).isEqualTo("1");
        }
        try (Connection connection = pool.getConnection()) {
          assertThat(ask(connection, database.sessionQuery())).isEqualTo(id);
          assertThat(ask(connection, count)).as("rolled back on return").isEqualTo("0");
          execute(connection, insert);
          connection.rollback();
          execute(connection, insert);
          connection.commit();
        }
        assertThat(database.execute(count)).isEqualTo("1");
      }
    }
  }

  /** A script that ends half-way, as the server and not JDBC was told of its transaction. */
  @ParameterizedTest
  @EnumSource
  void transactionBegunBySql_endsWithItsBorrower(TestDatabase database) throws Exception {
    String table = "tidepool_" + UUID.randomUUID().toString().replace("-", "");
    String count = "select count(*) from " + table;
    String insert = "insert into " + table + " values (1)";
    database.execute("create table " + table + " (n int)");
    // The pool is closed first: a transaction left open would keep the table for ever.
    try (AutoCloseable drop = () -> database.execute("drop table " + table);
        TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      String id;
      try (Connection connection = pool.getConnection()) {
        id = ask(connection, database.sessionQuery());
        execute(connection, "begin");
        execute(connection, insert);
      }
      assertThat(database.execute(count)).isEqualTo("0");
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, database.sessionQuery())).as("the same session").isEqualTo(id);
        assertThat(ask(connection, count)).isEqualTo("0");
        execute(connection, insert);
        assertThat(database.execute(count)).as("under auto-commit again").isEqualTo("1");
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void failedTransactionBegunBySql_poisonsNobody(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "begin");
        assertThatThrownBy(() -> execute(connection, "no sql at all"))
            .isInstanceOf(SQLException.class);
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, "select 1")).isEqualTo("1");
      }
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sessionState_doesNotPassToTheNextBorrower(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      String id;
      int isolation;
      int networkTimeout;
      int holdability;
      String schema;
      String catalog;
      String application;
      try (Connection connection = pool.getConnection()) {
        id = ask(connection, database.sessionQuery());
        isolation = connection.getTransactionIsolation();
        networkTimeout = connection.getNetworkTimeout();
        holdability = connection.getHoldability();
        schema = connection.getSchema();
        catalog = connection.getCatalog();
        application = applicationName(connection, database);
        // Under auto-commit: what a transaction sets, its rollback takes back by itself.
        connection.setClientInfo("ApplicationName", "first borrower");
        assertThat(applicationName(connection, database)).isEqualTo("first borrower");
        connection.setNetworkTimeout(Runnable::run, 123_456);
        connection.setHoldability(
            holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT
                ? ResultSet.CLOSE_CURSORS_AT_COMMIT
                : ResultSet.HOLD_CURSORS_OVER_COMMIT);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setSchema("pg_catalog");
        connection.setCatalog("information_schema");
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, database.sessionQuery())).as("the same session").isEqualTo(id);
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        assertThat(connection.getSchema()).isEqualTo(schema);
        assertThat(connection.getCatalog()).isEqualTo(catalog);
        assertThat(connection.getNetworkTimeout()).isEqualTo(networkTimeout);
        assertThat(connection.getHoldability()).isEqualTo(holdability);
        assertThat(applicationName(connection, database)).isEqualTo(application);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void stateSetOnTheDriversObject_doesNotPassToTheNextBorrower(TestDatabase database)
      throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      String id;
      int isolation;
      String schema;
      String catalog;
      try (Connection connection = pool.getConnection()) {
        id = ask(connection, database.sessionQuery());
        isolation = connection.getTransactionIsolation();
        schema = connection.getSchema();
        catalog = connection.getCatalog();
        Class<?> own = connection.unwrap(Connection.class).getClass();
        Connection raw = connection.unwrap(own.asSubclass(Connection.class));
        raw.setReadOnly(true);
        raw.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        raw.setSchema("pg_catalog");
        raw.setCatalog("information_schema");
        raw.setNetworkTimeout(Runnable::run, 60_000);
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, database.sessionQuery())).as("the same session").isEqualTo(id);
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        assertThat(connection.getSchema()).isEqualTo(schema);
        assertThat(connection.getCatalog()).isEqualTo(catalog);
        assertThat(connection.getNetworkTimeout()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionResetSql_forgetsWhatSqlHasSet(TestDatabase database) throws Exception {
    boolean postgres = database == TestDatabase.POSTGRES;
    String ask =
        postgres
            ? "select coalesce(current_setting('tidepool.x', true), '')"
            : "select coalesce(@x, '')";
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      pool.setConnectionResetSql(postgres ? "discard all" : "set @x = null");
      // Often enough for a driver to have it prepared on the server, which discards that as well.
      for (int i = 0; i < 10; i++) {
        try (Connection connection = pool.getConnection();
            PreparedStatement statement = connection.prepareStatement(ask);
            ResultSet row = statement.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEmpty();
          execute(connection, postgres ? "set tidepool.x = '1'" : "set @x = '1'");
        }
      }
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  /** Discarding everything also discards what the pool itself has set. */
  @Test
  void connectionResetSql_leavesTheAttributesOfThePool() throws Exception {
    try (TidepoolDataSource pool = pool(TestDatabase.POSTGRES.url())) {
      pool.setMaximumPoolSize(1);
      pool.setConnectionResetSql("discard all");
      pool.setSchema("pg_catalog");
      pool.setTransactionIsolation("SERIALIZABLE");
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          assertThat(ask(connection, "show search_path")).isEqualTo("pg_catalog");
          assertThat(ask(connection, "show transaction_isolation")).isEqualTo("serializable");
        }
      }
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  private static String longQuery(TestDatabase database) {
    return switch (database) {
      case POSTGRES -> "select pg_sleep(3)";
      case MARIADB -> "select sleep(3)";
    };
  }

  /** As the server knows it, where it does: with MariaDB the driver keeps it to itself. */
  private static String applicationName(Connection connection, TestDatabase database)
      throws SQLException {
    return switch (database) {
      case POSTGRES -> ask(connection, "show application_name");
      case MARIADB -> connection.getClientInfo("ApplicationName");
    };
  }

  /** A ping sets a network timeout of its own, much shorter than this query. */
  @ParameterizedTest
  @EnumSource
  void longQuery_survivesOnAPingedConnection(TestDatabase database) throws Exception {
    try (TidepoolDataSource pool = pool(database.url())) {
      pool.setMaximumPoolSize(1);
      pool.setKeepaliveTime(Duration.ofMillis(100));
      pool.setKeepaliveTimeout(Duration.ofMillis(500)); // the driver is given 2 s
      String id;
      try (Connection connection = pool.getConnection()) {
        id = ask(connection, database.sessionQuery());
      }
      long pings = pool.stats().pings();
      Await.until("pings", () -> pool.stats().pings() > pings + 2);
      try (Connection connection = pool.getConnection()) {
        ask(connection, longQuery(database));
        assertThat(ask(connection, database.sessionQuery())).isEqualTo(id);
      }
      assertThat(pool.stats().retired()).isEmpty();
    }
  }
}
