package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.spi.InitialContextFactory;
import javax.sql.RowSet;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.JdbcRowSet;
import javax.sql.rowset.RowSetProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row sets that look the pool up by name and borrow by themselves; what they do with a given
 * connection is compared in {@code conformance}.
 */
class RowSetTest {
  private static final String NAME = "java:comp/env/jdbc/pool";

  private static TidepoolDataSource pool;

  /** Has one name, that of the pool. */
  public static final class OnePool implements InitialContextFactory {
    /** For JNDI. */
    public OnePool() {}

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
      return (Context)
          Proxy.newProxyInstance(
              OnePool.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (self, method, args) ->
                  method.getName().equals("lookup") && NAME.equals(args[0]) ? pool : null);
    }
  }

  @BeforeEach
  void start() {
    System.setProperty(Context.INITIAL_CONTEXT_FACTORY, OnePool.class.getName());
    pool = new TidepoolDataSource();
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
    pool.close();
  }

  private static void execute(RowSet rows) throws SQLException {
    rows.setDataSourceName(NAME);
    rows.setCommand("select id, word from row_set_words order by id");
    rows.execute();
  }

  private static void fill() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists row_set_words");
      statement.execute("create table row_set_words (id int primary key, word varchar(20))");
      statement.execute("insert into row_set_words values (1, 'ebb'), (2, 'flow')");
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = TestDatabase.class)
  void connectedAndDisconnected_giveBackWhatTheyBorrow(TestDatabase database) throws Exception {
    pool.setUrl(database.url());
    // Under auto-commit pgjdbc refuses the commit of acceptChanges(), and then the JDK's row set
    // forgets the connection that it has borrowed.
    pool.setAutoCommit(false);
    fill();
    try (CachedRowSet rows = RowSetProvider.newFactory().createCachedRowSet()) {
      execute(rows);
      assertThat(pool.stats().active()).isZero();
      assertThat(rows.size()).isEqualTo(2);
      rows.absolute(1);
      rows.updateString(2, "spring");
      rows.updateRow();
      rows.setTableName("row_set_words");
      rows.setKeyColumns(new int[] {1});
      rows.acceptChanges();
      assertThat(pool.stats().active()).isZero();
    }
    try (JdbcRowSet rows = RowSetProvider.newFactory().createJdbcRowSet()) {
      execute(rows);
      assertThat(pool.stats().active()).isEqualTo(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(2)).isEqualTo("spring");
    }
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
  }

  @Test
  void userOfItsOwn_isRefused() throws Exception {
    pool.setUrl("jdbc:h2:mem:rowsets");
    try (JdbcRowSet rows = RowSetProvider.newFactory().createJdbcRowSet()) {
      rows.setUsername("somebody");
      rows.setPassword("else");
      assertThatThrownBy(() -> execute(rows)).isInstanceOf(SQLFeatureNotSupportedException.class);
    }
    assertThat(pool.stats().active()).isZero();
  }
}
