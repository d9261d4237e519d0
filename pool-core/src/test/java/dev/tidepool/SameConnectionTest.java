package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A DataSource that hands out one connection again and again. It was prepared each time, with
 * setAutoCommit(true) for one, which committed what its borrower had not.
 */
class SameConnectionTest extends ScriptedPoolTest {
  private static final String URL = "jdbc:h2:mem:SameConnectionTest";

  private Connection observer;

  @BeforeEach
  void createTable() throws SQLException {
    observer = DriverManager.getConnection(URL);
    run(observer, "drop table if exists t");
    run(observer, "create table t (a int)");
  }

  @AfterEach
  void disconnect() throws SQLException {
    observer.close();
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int committed() throws SQLException {
    try (Statement statement = observer.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from t")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void handedOutAgain_itsBorrowersTransactionIsNotTouched() throws SQLException {
    pool.setConnectionInitSql("insert into t values (0)");
    Connection first = pool.getConnection();
    assertThat(committed()).as("the initial SQL").isEqualTo(1);
    first.setAutoCommit(false);
    run(first, "insert into t values (1)");
    Connection only = database.opened().get(0);
    database.repeat(only);
    pool.setConnectionTimeout(LONG);
    Call second = new Call(this::borrow);
    Await.until("two attempts", () -> pool.stats().connectFailures() > 1);
    assertThat(committed()).as("by others than its borrower").isEqualTo(1);
    assertThat(only.isClosed()).isFalse();
    assertThat(only.getAutoCommit()).isFalse();
    first.commit();
    assertThat(committed()).isEqualTo(2);
    first.close();
    assertThat(second.await()).as("from its borrower").isEqualTo("served");
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  private String borrow() throws SQLException {
    pool.getConnection().close();
    return "served";
  }

  @Test
  void closed_itMayComeAgain() throws SQLException {
    database.repeat(unclosable(DriverManager.getConnection(URL)));
    pool.getConnection().close();
    pool.evict();
    Await.until("it is closed", () -> pool.stats().closed() == 1);
    pool.getConnection().close();
    assertThat(pool.stats().opened()).isEqualTo(2);
    assertThat(pool.stats().connectFailures()).isZero();
  }

  /** As frameworks wrap the one connection that they share among all. */
  private static Connection unclosable(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            SameConnectionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(connection, arguments));
  }

  @Test
  void handedOutTwiceAtOnce_oneHasIt_andTheOtherWaits() throws Exception {
    pool.setConnectionTimeout(LONG);
    database.repeat(DriverManager.getConnection(URL));
    CountDownLatch both = new CountDownLatch(2);
    database.onLogin(
        () -> {
          both.countDown();
          Await.open(both);
        });
    CountDownLatch enough = new CountDownLatch(1);
    Call one = new Call(() -> hold(enough));
    Call other = new Call(() -> hold(enough));
    Await.until("several connects", () -> pool.stats().connectFailures() > 2);
    assertThat(pool.stats().opened()).isEqualTo(1);
    assertThat(committed()).isZero();
    enough.countDown();
    assertThat(one.await()).isEqualTo("back");
    assertThat(other.await()).isEqualTo("back");
    assertThat(committed()).isZero();
    assertThat(pool.stats().retired()).isEmpty();
  }

  /** With a transaction that is never committed. */
  private String hold(CountDownLatch until) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      run(connection, "insert into t values (1)");
      Await.open(until);
      return "back";
    }
  }
}
