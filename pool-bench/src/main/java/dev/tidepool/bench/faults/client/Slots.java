package dev.tidepool.bench.faults.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Borrows all of a pool's connections at once: what cannot be borrowed is lost. */
final class Slots {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final DataSource source;
  private final CountDownLatch held;
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch returned;
  private volatile boolean givenUp;

  private Slots(DataSource source, int size) {
    this.source = source;
    held = new CountDownLatch(size);
    returned = new CountDownLatch(size);
  }

  /** How many of {@code size} connections could not be held at the same time. */
  static long lost(DataSource source, int size, long boundMillis) throws InterruptedException {
    Slots slots = new Slots(source, size);
    for (int i = 0; i < size; i++) {
      Thread thread = new Thread(slots::hold, "slot-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    boolean all = slots.held.await(boundMillis, TimeUnit.MILLISECONDS);
    long missing = all ? 0 : slots.held.getCount();
    slots.givenUp = true;
    slots.release.countDown();
    if (all && !slots.returned.await(boundMillis, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("connections were not taken back in " + boundMillis + " ms");
    }
    return missing;
  }

  private void hold() {
    while (!givenUp && !held()) {
      LockSupport.parkNanos(RETRY_NANOS);
    }
    returned.countDown();
  }

  private boolean held() {
    try (Connection connection = source.getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      held.countDown();
      release.await();
      return true;
    } catch (SQLException e) {
      // One that is found dead only now is no lost place: its successor counts.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
