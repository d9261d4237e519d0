package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.load.ThreadKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Borrowers that ask at the same moment and keep what they get until all have been answered. */
final class Burst {
  private final DataSource pool;
  private final int borrowers;
  private final CountDownLatch ready;
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch answered;
  private final CountDownLatch ended;
  private final AtomicInteger unserved = new AtomicInteger();
  private final AtomicLong last = new AtomicLong();

  Burst(DataSource pool, int borrowers) {
    this.pool = pool;
    this.borrowers = borrowers;
    ready = new CountDownLatch(borrowers);
    answered = new CountDownLatch(borrowers);
    ended = new CountDownLatch(borrowers);
  }

  /**
   * What came of it.
   *
   * @param lastServedMillis when the last one was answered
   * @param unserved how many got an exception
   */
  record Result(double lastServedMillis, int unserved) {}

  Result run() throws InterruptedException {
    for (int i = 0; i < borrowers; i++) {
      ThreadKind.PLATFORM.start(this::borrow);
    }
    ready.await();
    long start = System.nanoTime();
    last.set(start);
    go.countDown();
    ended.await();
    return new Result((last.get() - start) / 1e6, unserved.get());
  }

  private void borrow() {
    try {
      ready.countDown();
      go.await();
      keepUntilAllAreAnswered();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      unserved.incrementAndGet();
    } finally {
      ended.countDown();
    }
  }

  private void keepUntilAllAreAnswered() throws InterruptedException, SQLException {
    Connection connection;
    try {
      connection = pool.getConnection();
    } finally {
      last.accumulateAndGet(System.nanoTime(), (one, other) -> one - other > 0 ? one : other);
      answered.countDown();
    }
    try (connection) {
      answered.await();
    }
  }
}
