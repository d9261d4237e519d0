package dev.tidepool.examples.quickstart;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The people at work: threads that book transfers until they are sent home. */
final class Clerks {
  /** The transfer in whose place a broken query is sent, if one is wanted. */
  private static final long BROKEN_TRANSFER = 100;

  private final Ledger ledger;
  private final boolean breakQuery;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong booked = new AtomicLong();
  private final AtomicLong declined = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<@Nullable SQLException> firstFailure = new AtomicReference<>();
  private volatile boolean working;

  Clerks(Ledger ledger, boolean breakQuery) {
    this.ledger = ledger;
    this.breakQuery = breakQuery;
  }

  /** Lets so many clerks begin, each pausing so long between two transfers. */
  void begin(int count, int pauseMillis) {
    working = true;
    for (int i = 1; i <= count; i++) {
      SplittableRandom random = new SplittableRandom(attempts.get() + i);
      Thread thread = new Thread(() -> work(random, pauseMillis), "clerk-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  /** Sends all clerks home and waits until the last one has left. */
  void end() throws InterruptedException {
    working = false;
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  private void work(SplittableRandom random, int pauseMillis) {
    try {
      while (working) {
        one(random);
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does this here; it would only mean: go home
    }
  }

  private void one(SplittableRandom random) {
    int from = 1 + random.nextInt(Ledger.ACCOUNTS);
    int to = 1 + (from + random.nextInt(Ledger.ACCOUNTS - 1)) % Ledger.ACCOUNTS;
    try {
      if (attempts.incrementAndGet() == BROKEN_TRANSFER && breakQuery) {
        ledger.misspelledQuery();
      } else if (ledger.transfer(from, to, 1 + random.nextInt(500))) {
        booked.incrementAndGet();
      } else {
        declined.incrementAndGet();
      }
    } catch (SQLException e) {
      failed.incrementAndGet();
      firstFailure.compareAndSet(null, e);
    }
  }

  /**
   * What the clerks have done so far.
   *
   * @param booked transfers booked
   * @param declined transfers refused for want of money, and rolled back
   * @param failed transfers that ended in an exception
   * @param firstFailure the first of those exceptions, or null
   */
  record Counts(long booked, long declined, long failed, @Nullable SQLException firstFailure) {}

  /** What the clerks have done so far. */
  Counts counts() {
    return new Counts(booked.get(), declined.get(), failed.get(), firstFailure.get());
  }
}
