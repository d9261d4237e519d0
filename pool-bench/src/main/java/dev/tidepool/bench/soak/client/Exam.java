package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.Credentials;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolStats;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the pool has to show after all that was done to it, when all is well again. */
final class Exam {
  /** Counts of {@link Ledger#BORROWS}. */
  static final String COMMITTED = "transactions committed";

  static final String PERHAPS_COMMITTED = "commits that failed, one way or the other";

  static final int SIZE = 8;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long QUIET_SECONDS = 60;
  private static final int FAIR_THREADS = 32;
  private static final long FAIR_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final TidepoolDataSource pool;
  private final Worker.Common common;
  private final Ledger ledger;
  private final Accounts accounts;

  Exam(Worker.Common common, Accounts accounts) {
    pool = common.pool();
    this.common = common;
    ledger = common.ledger();
    this.accounts = accounts;
  }

  /** Waits for something that must come; says and shows that it hangs if it does not. */
  boolean await(String what, long seconds, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        ledger.hangs("not within " + seconds + " s: " + what + "; " + pool.stats());
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /** Ordinary settings, all connections open, nothing in motion. */
  void settle() throws SQLException {
    pool.resume();
    await("what was never closed is taken back", 30, this::isReaped);
    ledger.reap();
    pool.setMaxLifetime(Duration.ZERO);
    pool.setIdleTimeout(Duration.ZERO);
    pool.setKeepaliveTime(Duration.ofSeconds(45));
    pool.setKeepaliveTimeout(Duration.ofSeconds(1));
    pool.setValidationTimeout(Duration.ofSeconds(5));
    pool.setConnectionTimeout(Duration.ofSeconds(30));
    pool.setLeakDetectionThreshold(Duration.ZERO);
    pool.setMaxBorrowTime(Duration.ZERO);
    pool.setMaximumWaiters(0);
    pool.setCredentials(new Credentials("lab", null));
    pool.setMinimumIdle(0);
    pool.setMaximumPoolSize(SIZE);
    pool.setMinimumIdle(SIZE);
    await("the pool is full and at rest", QUIET_SECONDS, this::isAtRest);
  }

  private boolean isReaped() {
    try {
      ledger.reap();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return ledger.abandoned() == 0;
  }

  boolean isAtRest() {
    PoolStats stats = pool.stats();
    return stats.total() == SIZE
        && stats.idle() == SIZE
        && stats.connecting() == 0
        && stats.closing() == 0
        && stats.hungConnects() == 0
        && stats.waiting() == 0
        && stats.retired().values().stream().mapToLong(Long::longValue).sum() == stats.closed()
        && accounts.haveEventsArrived(stats);
  }

  /** All places can be used at once, each has a session of its own, and all are clean. */
  void slots() throws SQLException {
    List<Connection> held = new ArrayList<>();
    Set<String> sessions = new HashSet<>();
    try {
      for (int i = 0; i < SIZE; i++) {
        Connection connection = pool.getConnection();
        held.add(connection);
        ledger.count(Ledger.BORROWS, "borrowed");
        Session session = Session.of(connection, common.sql());
        sessions.add(session.id());
        if (!session.state().equals(common.expectedState())) {
          ledger.broken("P6: in the end one connection shows " + session.state());
        }
      }
    } finally {
      for (Connection each : held) {
        each.close();
        ledger.count(Ledger.BORROWS, "returned");
      }
    }
    if (sessions.size() != SIZE) {
      ledger.broken("P6: " + SIZE + " places lead to " + sessions.size() + " sessions");
    }
    accounts.line("places that can be held at once: " + held.size() + " of " + SIZE);
  }

  /** P5: many threads, few connections, the same work for all. */
  void fairness() {
    AtomicIntegerArray turns = new AtomicIntegerArray(FAIR_THREADS);
    long end = System.nanoTime() + FAIR_NANOS;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < FAIR_THREADS; i++) {
      int number = i;
      Thread thread = new Thread(() -> takeTurns(turns, number, end), "soak-fair-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    await("the end of the test of fairness", 60, () -> threads.stream().noneMatch(Thread::isAlive));
    int[] counts = new int[FAIR_THREADS];
    Arrays.setAll(counts, turns::get);
    Arrays.sort(counts);
    double mean = Arrays.stream(counts).average().orElse(0);
    accounts.line(
        String.format(
            Locale.ROOT,
            "%d threads on %d connections for %d s: slowest %d borrows, mean %.0f",
            FAIR_THREADS,
            SIZE,
            TimeUnit.NANOSECONDS.toSeconds(FAIR_NANOS),
            counts[0],
            mean));
    if (counts[0] < mean / 3) {
      ledger.broken("P5: a thread had " + counts[0] + " turns, the mean is " + mean);
    }
  }

  private void takeTurns(AtomicIntegerArray turns, int number, long end) {
    try {
      while (System.nanoTime() - end < 0) {
        Connection connection = pool.getConnection();
        ledger.count(Ledger.BORROWS, "borrowed");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        connection.close();
        ledger.count(Ledger.BORROWS, "returned");
        turns.incrementAndGet(number);
      }
    } catch (SQLException e) {
      ledger.broken("P1: when all was well again: " + e);
    }
  }

  /** P6: what nobody committed is not there, and what was committed is. */
  void rows(Connection connection) throws SQLException {
    long left = count(connection, Sql.LEAVE);
    long found = count(connection, Sql.COMMIT);
    long committed = ledger.counted(Ledger.BORROWS, COMMITTED);
    long perhaps = ledger.counted(Ledger.BORROWS, PERHAPS_COMMITTED);
    boolean right = found >= committed && found <= committed + perhaps;
    accounts.line("rows that nobody committed: " + left);
    accounts.line(
        "rows committed: %d; commits that went well: %d, that failed: %d"
            .formatted(found, committed, perhaps));
    if (left != 0) {
      ledger.broken("P6: " + left + " rows are there that nobody committed");
    }
    if (!right) {
      ledger.broken(
          "P6: " + found + " rows of " + committed + " commits, and " + perhaps + " that failed");
    }
  }

  private static long count(Connection connection, String wish) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.COUNT)) {
      statement.setString(1, wish);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** The end: prompt, complete, final. */
  void close() throws SQLException {
    long begun = System.nanoTime();
    pool.close();
    long millis = (System.nanoTime() - begun) / 1_000_000;
    accounts.line("close() took " + millis + " ms");
    if (millis > 15_000) {
      ledger.broken("P2: close() took " + millis + " ms");
    }
    try {
      pool.getConnection().close();
      ledger.broken("P6: a closed pool lends connections");
    } catch (PoolClosedException e) {
      ledger.event("a closed pool refuses, as it must");
    }
    await("the last events", 10, () -> accounts.haveEventsArrived(pool.stats()));
  }
}
