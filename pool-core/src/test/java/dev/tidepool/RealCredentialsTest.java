package dev.tidepool;

import static dev.tidepool.RealPools.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another user from now on, on a server that knows who is logged in. */
class RealCredentialsTest {
  private static final String OF_THE_FIRST =
      "select count(*) from pg_stat_activity where usename = 'first_app'";

  private final AtomicInteger worked = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  @Test
  void rotationUnderLoad_failsNobody_andLeavesNoSessionOfTheFirst(@TempDir Path dir)
      throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        Connection admin = DriverManager.getConnection(server.url());
        TidepoolDataSource pool = new TidepoolDataSource()) {
      try (Statement statement = admin.createStatement()) {
        statement.execute("create role first_app login");
        statement.execute("create role second_app login");
      }
      pool.setUrl("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres");
      pool.setCredentials(new Credentials("first_app", "one"));
      pool.setMaximumPoolSize(6);
      assertThat(pool.prefill(Duration.ofSeconds(30))).isTrue();
      assertThat(ask(admin, OF_THE_FIRST)).isEqualTo("6");
      List<Thread> clerks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread clerk = new Thread(() -> work(pool));
        clerk.start();
        clerks.add(clerk);
      }
      Await.until("work", () -> worked.get() > 100);
      pool.setCredentials(new Credentials("second_app", "two"));
      Await.until("nobody is left of the first", () -> count(admin) == 0);
      end.countDown();
      clerks.forEach(Await::end);
      assertThat(failed).hasValue(0);
      assertThat(RealPools.askPool(pool, "select current_user")).isEqualTo("second_app");
    }
  }

  private static int count(Connection admin) {
    try {
      return Integer.parseInt(ask(admin, OF_THE_FIRST));
    } catch (SQLException e) {
      throw new AssertionError("the administrator is not heard", e);
    }
  }

  private void work(TidepoolDataSource pool) {
    while (end.getCount() > 0) {
      try (Connection connection = pool.getConnection()) {
        ask(connection, "select 1");
        worked.incrementAndGet();
      } catch (SQLException e) {
        failed.incrementAndGet();
      }
    }
  }
}
