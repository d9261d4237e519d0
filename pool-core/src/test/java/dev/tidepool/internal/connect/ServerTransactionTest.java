package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real drivers: that what is read from inside them is still there, and true. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServerTransactionTest {
  @ParameterizedTest
  @EnumSource
  void transactionBegunByAStatement_isKnown(TestDatabase database) throws SQLException {
    assertKnown(database.url());
  }

  @Test
  void transactionBegunByAStatement_isKnownToMysqlsDriver() throws SQLException {
    assertKnown(TestDatabase.MARIADB.mysqlUrl("sslMode=DISABLED"));
  }

  private static void assertKnown(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      ServerTransaction server = ServerTransaction.of(connection);
      assertThat(server.isOpen(connection)).isFalse();
      statement.execute("start transaction");
      statement.executeQuery("select 1").close();
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(server.isOpen(connection)).isTrue();
      statement.execute("rollback");
      assertThat(server.isOpen(connection)).isFalse();
    }
  }

  @Test
  void autoCommitTurnedOffByAStatement_isKnown() throws SQLException {
    try (Connection connection = DriverManager.getConnection(TestDatabase.MARIADB.url());
        Statement statement = connection.createStatement()) {
      assertThat(ServerTransaction.of(connection).followsAutoCommit()).isTrue();
      statement.execute("set autocommit = 0");
      assertThat(connection.getAutoCommit()).isFalse();
    }
  }

  @Test
  void otherDrivers_tellNothing() {
    Connection connection = new Stub().connection;
    assertThat(ServerTransaction.of(connection).isOpen(connection)).isFalse();
    assertThat(ServerTransaction.of(connection).followsAutoCommit()).isFalse();
  }
}
