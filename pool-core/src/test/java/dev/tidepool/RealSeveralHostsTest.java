package dev.tidepool;

import static dev.tidepool.RealPools.MARIADB_ID;
import static dev.tidepool.RealPools.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.TcpProxy;
import dev.tidepool.testing.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of several hosts, with drivers that go on with another session by themselves. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealSeveralHostsTest {
  private static final URI SERVER =
      URI.create(TestDatabase.MARIADB.url().substring("jdbc:".length()));

  private static String url(String scheme, String first, String second, String parameters) {
    return "jdbc:"
        + scheme
        + "://"
        + first
        + ","
        + second
        + SERVER.getRawPath()
        + "?"
        + SERVER.getRawQuery()
        + parameters;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void kill(String session) throws SQLException {
    try (TidepoolDataSource other = RealPools.pool(TestDatabase.MARIADB.url(), 1);
        Connection connection = other.getConnection()) {
      execute(connection, "kill " + session);
    }
  }

  /** It was killed while lent; what the pool has set on it is not on the one that follows. */
  @ParameterizedTest
  @ValueSource(strings = {"sequential", "loadbalance", "replication"})
  void sessionThatTheDriverHasReplaced_isNotLentAgain(String mode) throws SQLException {
    String host = SERVER.getRawAuthority();
    try (TidepoolDataSource pool = RealPools.pool(url("mariadb:" + mode, host, host, ""), 1)) {
      pool.setConnectionInitSql("set @prepared = 'yes'");
      String replaced;
      try (Connection connection = pool.getConnection()) {
        kill(ask(connection, MARIADB_ID));
        replaced = askUntilAnswered(connection);
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, MARIADB_ID)).isNotEqualTo(replaced);
        assertThat(ask(next, "select @prepared")).isEqualTo("yes");
      }
    }
  }

  /** A driver may tell of the end of the old session first. */
  private static String askUntilAnswered(Connection connection) {
    for (int i = 0; i < 3; i++) {
      try {
        return ask(connection, MARIADB_ID);
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as(e.toString()).isNotNull();
      }
    }
    return "none: the connection is over";
  }

  /** Then the rest of the transaction is on the replica, and its beginning on the primary. */
  @Test
  void replicaThatComesBackInATransaction_hasNothingCommitted() throws Exception {
    String host = SERVER.getRawAuthority();
    try (TcpProxy replica = new TcpProxy(1);
        TidepoolDataSource pool =
            RealPools.pool(
                url(
                    "mariadb:replication",
                    host,
                    "localhost:" + replica.port(),
                    "&waitReconnectTimeout=200&deniedListTimeout=100&retriesAllDown=2"),
                1)) {
      pool.setAutoCommit(true);
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table came_back (id int) engine=innodb");
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        execute(connection, "insert into came_back values (1)");
        String primary = ask(connection, MARIADB_ID);
        replica.leadTo(SERVER.getPort());
        Await.until("the replica", () -> !askQuietly(connection).equals(primary));
      }
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "select count(*) from came_back")).isEqualTo("0");
        assertThat(ask(next, "select @@in_transaction")).isEqualTo("0");
      }
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.RESET_FAILED);
    }
  }

  /**
   * MySQL's driver says that it is read-only on any host but the first. Told so, it would be on the
   * first, to which it goes back.
   */
  @Test
  void poolThatStartsOnTheSecondHost_writesOnTheFirst() throws Exception {
    try (TcpProxy first = new TcpProxy(1);
        TidepoolDataSource pool =
            RealPools.pool(
                url(
                    "mysql",
                    "127.0.0.1:" + first.port(),
                    SERVER.getRawAuthority(),
                    "&sslMode=DISABLED&secondsBeforeRetrySource=1&queriesBeforeRetrySource=5"),
                1)) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "create or replace table on_the_first (id int) engine=innodb");
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains("read-only");
      }
      first.leadTo(SERVER.getPort());
      Await.until("the first host", () -> isWritable(pool));
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          connection.setReadOnly(true);
          connection.unwrap(Connection.class);
          connection.setReadOnly(false);
        }
        assertThat(isWritable(pool)).isTrue();
      }
    }
  }

  private static String askQuietly(Connection connection) {
    try {
      return ask(connection, MARIADB_ID);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isWritable(TidepoolDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      for (int i = 0; i < 6; i++) {
        ask(connection, "select 1");
      }
      execute(connection, "create or replace table on_the_first (id int) engine=innodb");
      return true;
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("read-only");
      return false;
    }
  }
}
