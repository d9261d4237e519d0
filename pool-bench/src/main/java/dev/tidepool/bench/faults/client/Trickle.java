package dev.tidepool.bench.faults.client;

import dev.tidepool.bench.faults.model.Killer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Few borrows with long gaps: what an idle killer does best. */
final class Trickle {
  private static final long STEADY_GAP_MILLIS = 200;
  private static final double LEAST_GAP_MILLIS = 100;
  private static final double MOST_GAP_MILLIS = 6_000;

  private final DataSource source;
  private final int poolSize;
  private final boolean steady;

  /** The same gaps for every pool. */
  private final Random random = new Random(7);

  private final List<Call> calls = new ArrayList<>();
  private final List<Round> rounds = new ArrayList<>();

  Trickle(DataSource source, int poolSize, Killer killer) {
    this.source = source;
    this.poolSize = poolSize;
    steady = killer == Killer.NONE_STEADY_USE;
  }

  /** Borrows now and then for that long; returns all calls. */
  List<Call> run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      round(steady ? poolSize : few());
      pause(steady ? STEADY_GAP_MILLIS : gap());
    }
    return calls;
  }

  /** Uses all connections once, so that each has been quiet for a known time from here on. */
  void useAll() {
    round(poolSize);
    calls.clear();
  }

  private void round(int count) {
    long began = System.nanoTime();
    borrow(count);
    rounds.add(new Round(began, System.nanoTime()));
  }

  /** How many pings fall to delays of this thread, up to now, and are no fault of the pool. */
  long excused(Duration earliestPing) {
    long now = System.nanoTime();
    List<Round> all = new ArrayList<>(rounds);
    all.add(new Round(now, now));
    return poolSize * Round.delays(all, earliestPing.toNanos());
  }

  /**
   * One use of every connection.
   *
   * @param began before the first was borrowed
   * @param ended after all were returned
   */
  record Round(long began, long ended) {
    /**
     * How often a connection may have been quiet for that long: it was used at any moment of one
     * round, and then of the next.
     */
    static long delays(List<Round> rounds, long quietNanos) {
      long delays = 0;
      for (int i = 1; i < rounds.size(); i++) {
        delays += (rounds.get(i).ended - rounds.get(i - 1).began) / quietNanos;
      }
      return delays;
    }
  }

  /** Now and then all of them, so that none is quiet for ever. */
  private int few() {
    return random.nextInt(5) == 0 ? poolSize : 1 + random.nextInt(3);
  }

  /** Evenly spread by orders of magnitude. */
  private long gap() {
    double spread = Math.log(MOST_GAP_MILLIS / LEAST_GAP_MILLIS);
    return (long) (LEAST_GAP_MILLIS * Math.exp(random.nextDouble() * spread));
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** So many at the same time: the innermost is the last borrowed and the first returned. */
  private void borrow(int count) {
    if (count == 0) {
      return;
    }
    long began = System.nanoTime();
    long borrowed = 0;
    String error = null;
    try (Connection connection = source.getConnection()) {
      borrowed = System.nanoTime();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      borrow(count - 1);
    } catch (SQLException | RuntimeException e) {
      error = Caller.describe(e);
    }
    calls.add(new Call(began, borrowed, System.nanoTime(), error));
  }
}
