package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import dev.tidepool.testing.RecordingListener;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A pool that was closed leaves nothing behind in what goes on without it. */
class ClosedPoolTest {
  private static TidepoolDataSource pool(String name, NoopDataSource database) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setPoolName(name);
    pool.setDataSource(database);
    pool.setMaximumPoolSize(2);
    pool.setKeepaliveTime(Duration.ofMillis(100));
    return pool;
  }

  /** The shared threads go on, as another pool uses them; so does the thread that borrowed. */
  @Test
  void closedPool_isCollected_whileItsThreadsGoOn() throws Exception {
    ExecutorService clerk = Executors.newSingleThreadExecutor();
    try (TidepoolDataSource other = pool("other", new NoopDataSource())) {
      other.getConnection().close();
      List<WeakReference<?>> left = useAndClose(clerk);
      left.forEach(ClosedPoolTest::awaitCollected);
      other.getConnection().close();
    } finally {
      clerk.shutdown();
    }
  }

  /** In a method of its own, so that no local variable of the test holds anything. */
  private static List<WeakReference<?>> useAndClose(ExecutorService clerk) throws Exception {
    NoopDataSource database = new NoopDataSource();
    RecordingListener listener = new RecordingListener();
    TidepoolDataSource pool = pool("closed", database);
    pool.addListener(listener);
    clerk.submit(() -> borrow(pool)).get();
    pool.setMaximumPoolSize(3);
    pool.setKeepaliveTime(Duration.ofMillis(200));
    Await.until("heartbeats", () -> pool.stats().pings() > 3);
    pool.close();
    assertThat(database.openNow()).isZero();
    return List.of(
        new WeakReference<>(pool), new WeakReference<>(database), new WeakReference<>(listener));
  }

  private static boolean borrow(TidepoolDataSource pool) throws SQLException {
    pool.getConnection().close();
    return true;
  }

  private static void awaitCollected(WeakReference<?> reference) {
    for (int i = 0; i < 50 && reference.get() != null; i++) {
      System.gc();
      Await.quiet(Duration.ofMillis(100));
    }
    Object left = reference.get();
    assertThat(left).isNull();
  }
}
