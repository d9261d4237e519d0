package dev.tidepool;

import static dev.tidepool.RealPools.POSTGRES_ID;
import static dev.tidepool.RealPools.askPool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.PostgresServer;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A statement whose server wants to reach another one, that is away. */
class RealForeignServerTest {
  private static final List<String> FOREIGN_TABLE =
      List.of(
          "create extension if not exists postgres_fdw",
          "create server away foreign data wrapper postgres_fdw"
              + " options (host '127.0.0.1', port '1')",
          "create user mapping for public server away options (user 'u', password 'p')",
          "create foreign table far (id int) server away");

  /** What a borrower does with the foreign table, in vain. */
  private interface Use {
    void of(Statement statement) throws SQLException;
  }

  private static void assertCostsNoSession(Use use) throws Exception {
    try (TidepoolDataSource pool = RealPools.pool(PostgresServer.shared().url(), 1)) {
      String session = askPool(pool, POSTGRES_ID);
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false); // so that none of it stays
        for (String sql : FOREIGN_TABLE) {
          statement.execute(sql);
        }
        use.of(statement);
      }
      assertThat(askPool(pool, POSTGRES_ID)).isEqualTo(session);
      assertThat(pool.stats().retired()).isEmpty();
    }
  }

  /** HikariCP 7.1.0 evicts the connection, as it does for each SQLSTATE of class 08. */
  @Test
  void postgres_foreignTable_whoseServerIsAway_costsNoSession() throws Exception {
    assertCostsNoSession(
        statement ->
            assertThatThrownBy(() -> statement.executeQuery("select id from far"))
                .extracting(error -> ((SQLException) error).getSQLState())
                .isEqualTo("08001"));
  }

  @Test
  void postgres_batchIntoAForeignTable_whoseServerIsAway_costsNoSession() throws Exception {
    assertCostsNoSession(
        statement -> {
          statement.addBatch("insert into far values (1)");
          statement.addBatch("insert into far values (2)");
          assertThatThrownBy(statement::executeBatch).isInstanceOf(BatchUpdateException.class);
        });
  }
}
