package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.testing.TinyDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * An application that has the pool and the driver in its own class loader, uses a pool in one of
 * several ways, and closes it. Called by {@link ClassLoaderUnloadTest} by an interface of the JDK.
 */
public final class Tenant implements ObjIntConsumer<String> {
  /** How many ways there are. */
  static final int WAYS = 6;

  /** For the test. */
  public Tenant() {}

  @Override
  public void accept(String url, int way) {
    try (TidepoolDataSource pool = pool(url)) {
      use(pool, way);
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException("way " + way, e);
    }
  }

  private static TidepoolDataSource pool(String url) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setUrl(url);
    pool.setDriverClassName(TinyDriver.class.getName());
    pool.setPoolName("tenant");
    pool.setMaximumPoolSize(3);
    pool.setKeepaliveAdaptive(false);
    pool.setRegisterMbeans(true);
    return pool;
  }

  private static void use(TidepoolDataSource pool, int way)
      throws SQLException, InterruptedException {
    switch (way) {
      case 0 -> work(pool);
      case 1 -> assertThat(pool.getConnection().isValid(1)).isTrue(); // and never given back
      case 2 -> {
        work(pool);
        assertThat(pool.drain(Duration.ofSeconds(30))).isTrue();
        pool.setConnectionTimeout(Duration.ofMillis(50));
        assertThatThrownBy(pool::getConnection).hasMessageContaining("suspended");
      }
      case 3 -> {
        pool.setUrl("jdbc:postgresql://127.0.0.1:1/nobody");
        assertThatThrownBy(pool::getConnection).hasMessageContaining("no connection");
      }
      case 4 -> assertThat(pool.toString()).contains("tenant"); // and never started
      case 5 -> {
        pool.setThreadFactory(task -> new Thread(task, "tidepool-of-the-tenant"));
        pool.setLeakDetectionThreshold(Duration.ofMillis(100));
        pool.setLeakDetectionStackTrace(true);
        work(pool);
      }
      default -> throw new IllegalArgumentException("way " + way);
    }
  }

  private static void work(TidepoolDataSource pool) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(pool.getConnection());
    }
    for (Connection connection : all) {
      assertThat(connection.isValid(1)).isTrue();
      connection.close();
    }
  }
}
