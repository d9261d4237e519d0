package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolListener;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Whoever suspends a pool waits for nobody, whatever the others hang in. */
class SuspendTest {
  private static CountDownLatch hanging = new CountDownLatch(1);
  private static CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void forget() {
    hanging = new CountDownLatch(1);
    end = new CountDownLatch(1);
  }

  private static void hang() {
    hanging.countDown();
    Await.openUninterruptibly(end);
  }

  /** Takes for ever to be made. */
  public static final class SlowDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** For the pool. */
    public SlowDataSource() {
      hang();
    }
  }

  private static void assertThatNobodyWaits(TidepoolDataSource pool) {
    Thread operator =
        new Thread(
            () -> {
              pool.suspend();
              assertThat(pool.isSuspended()).isTrue();
              pool.addListener(new PoolListener() {});
            });
    operator.start();
    Await.end(operator);
    assertThat(pool.isSuspended()).isTrue();
  }

  @Test
  void suspend_returnsWhileTheStartHangs() {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSourceClassName(SlowDataSource.class.getName());
      pool.setInitializationFailTimeout(Duration.ofMillis(-1));
      pool.setConnectionTimeout(Duration.ofMillis(100));
      Thread starter = new Thread(() -> borrow(pool));
      starter.start();
      Await.open(hanging);
      assertThatNobodyWaits(pool);
      end.countDown();
      Await.end(starter);
      assertThat(pool.isSuspended()).as("the pool that has started").isTrue();
    }
  }

  private static void borrow(TidepoolDataSource pool) {
    try {
      pool.getConnection().close();
    } catch (SQLException e) {
      assertThat((Throwable) e).hasMessageContaining("connectionTimeout");
    }
  }

  /** To resume is to open connections, and a thread factory of the user's may hang in that. */
  @Test
  void suspend_returnsWhileAResumeHangs() throws SQLException {
    AtomicBoolean slow = new AtomicBoolean();
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setMinimumIdle(0);
      pool.setThreadFactory(
          task -> {
            if (slow.get()) {
              hang();
            }
            return new Thread(task);
          });
      pool.getConnection().close();
      pool.suspend();
      pool.setMinimumIdle(5);
      slow.set(true);
      Thread operator = new Thread(pool::resume);
      operator.start();
      Await.open(hanging);
      assertThatNobodyWaits(pool);
      slow.set(false);
      end.countDown();
      Await.end(operator);
    }
  }
}
