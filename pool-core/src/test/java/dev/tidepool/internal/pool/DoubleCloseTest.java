package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A close() that comes late, and what is kept of a borrower. */
class DoubleCloseTest extends SimulatedPoolTest {
  private static final int ROUNDS = 20_000;

  private final AtomicReference<@Nullable Connection> toClose = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  private static Entry entry(Connection borrowed) {
    return ((BorrowedConnection) borrowed).entry();
  }

  /** The other one may still be on its way when the connection has been lent again. */
  @Test
  void secondCloseAtTheSameMoment_leavesWhatTheNextBorrowerNoted() throws SQLException {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setMaximumPoolSize(1);
      pool.setValidateAfterIdle(Duration.ofDays(1));
      Connection last = pool.getConnection();
      Thread other = new Thread(this::closeWhatComes);
      other.start();
      int clobbered = 0;
      for (int round = 1; round <= ROUNDS && other.isAlive(); round++) {
        toClose.set(last);
        for (int spin = round % 128; spin > 0; spin--) {
          Thread.onSpinWait();
        }
        last.close();
        last = pool.getConnection();
        awaitOther(other, round);
        clobbered += entry(last).holder() == Thread.currentThread() ? 0 : 1;
      }
      last.close();
      over.set(true);
      Await.end(other);
      assertThat(failure.get()).isNull();
      assertThat(clobbered).as("borrowers who were forgotten").isZero();
    }
  }

  private void closeWhatComes() {
    try {
      Connection before = null;
      while (!over.get()) {
        Connection next = toClose.get();
        if (next != null && next != before) {
          before = next;
          next.close();
          closed.incrementAndGet();
        } else {
          Thread.onSpinWait();
        }
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  private void awaitOther(Thread other, int round) {
    for (int spins = 0; closed.get() < round && other.isAlive(); spins++) {
      if (spins < 1_000) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  @Test
  void threadThatHasEnded_isNotKeptByTheConnectionItHad() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    Entry entry = entry(borrower.connection());
    borrower.giveBack();
    pool.advance(Duration.ofSeconds(11)); // two passes of a pool that nobody uses
    assertThat(entry.holder()).isNull();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  /** A stack keeps the classes of its methods. */
  @Test
  void recordedStack_isNotKeptAfterTheReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).leakDetectionStackTrace(true));
    Connection held = pool.get();
    Entry entry = entry(held);
    assertThat(entry.borrowStack()).isNotNull();
    PoolFixture.giveBack(held);
    assertThat(entry.borrowStack()).isNull();
  }
}
