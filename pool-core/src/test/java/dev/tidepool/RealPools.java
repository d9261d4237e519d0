package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Pools over real drivers, and what several tests ask of them. */
final class RealPools {
  static final String POSTGRES_ID = "select pg_backend_pid()";
  static final String MARIADB_ID = "select connection_id()";

  private RealPools() {}

  static TidepoolDataSource pool(String url, int size) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setUrl(url);
    pool.setMaximumPoolSize(size);
    pool.setConnectionTimeout(Duration.ofSeconds(30));
    return pool;
  }

  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  /** Borrows one connection for one question. */
  static String askPool(TidepoolDataSource pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return ask(connection, sql);
    }
  }

  /** The sessions behind all connections of a pool at rest; each has to answer. */
  static Set<String> sessions(TidepoolDataSource pool, String idQuery) throws SQLException {
    List<Connection> all = new ArrayList<>();
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
      Connection connection = pool.getConnection();
      all.add(connection);
      ids.add(ask(connection, idQuery));
    }
    for (Connection connection : all) {
      connection.close();
    }
    return ids;
  }

  /** Until all connections are idle again, and the closed ones closed. */
  static void awaitFull(TidepoolDataSource pool) {
    Await.until(
        "all connections are idle",
        () ->
            pool.stats().idle() == pool.getMaximumPoolSize()
                && pool.stats().connecting() == 0
                && pool.stats().closing() == 0);
  }

  static long retired(TidepoolDataSource pool) {
    return pool.stats().retired().values().stream().mapToLong(Long::longValue).sum();
  }
}
