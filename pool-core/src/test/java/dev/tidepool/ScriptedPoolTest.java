package dev.tidepool;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.ScriptedDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;

/** A test with one pool on an embedded database, which opens nothing that nobody asks for. */
abstract class ScriptedPoolTest {
  static final Duration LONG = Duration.ofSeconds(60);
  static final Duration SHORT = Duration.ofMillis(200);

  final ScriptedDataSource database = new ScriptedDataSource(getClass().getSimpleName());
  final TidepoolDataSource pool = new TidepoolDataSource();

  /** Ends every hang. */
  final CountDownLatch letGo = new CountDownLatch(1);

  ScriptedPoolTest() {
    pool.setDataSource(database);
    pool.setPoolName("scripted");
    pool.setMaximumPoolSize(2);
    pool.setMinimumIdle(0);
    pool.setInitializationFailTimeout(Duration.ofMillis(-1));
  }

  @AfterEach
  final void close() {
    letGo.countDown();
    pool.close();
  }

  /** Further logins hang, and open the latch when they do. */
  final CountDownLatch hangLogins() {
    CountDownLatch reached = new CountDownLatch(1);
    database.onLogin(
        () -> {
          reached.countDown();
          Await.openUninterruptibly(letGo);
        });
    return reached;
  }

  static void refuse() throws SQLException {
    throw new SQLException("the database is starting up", "57P03");
  }
}
