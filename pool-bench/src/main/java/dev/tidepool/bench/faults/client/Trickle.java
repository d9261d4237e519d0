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

  Trickle(DataSource source, int poolSize, Killer killer) {
    this.source = source;
    this.poolSize = poolSize;
    steady = killer == Killer.NONE_STEADY_USE;
  }

  /** Borrows now and then for that long; returns all calls. */
  List<Call> run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      borrow(steady ? poolSize : few());
      pause(steady ? STEADY_GAP_MILLIS : gap());
    }
    return calls;
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
