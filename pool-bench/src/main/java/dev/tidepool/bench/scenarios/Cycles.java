package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.PooledSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;

/** Threads that acquire some connections, release them, and begin again. */
final class Cycles {
  /** Cycles between two looks at the clock, which costs as much as a fast pool. */
  private static final int UNWATCHED = 100;

  private final DataSource pool;
  private final int threads;
  private final int atATime;

  Cycles(PooledSource pool, int threads, int atATime) {
    this.pool = pool.dataSource();
    this.threads = threads;
    this.atATime = atATime;
  }

  /** Time of one acquire and release in one thread, of new threads that run for so long. */
  double nanosPerOperation(long nanos) throws Exception {
    List<FutureTask<Double>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Double> task = new FutureTask<>(() -> run(nanos));
      tasks.add(task);
      new Thread(task, "cycles").start();
    }
    double sum = 0;
    for (FutureTask<Double> task : tasks) {
      sum += task.get();
    }
    return sum / threads;
  }

  private double run(long nanos) throws SQLException {
    Connection[] borrowed = new Connection[atATime];
    long start = System.nanoTime();
    long now = start;
    long operations = 0;
    while (now - start < nanos) {
      for (int i = 0; i < UNWATCHED; i++) {
        cycle(borrowed);
      }
      operations += (long) UNWATCHED * atATime;
      now = System.nanoTime();
    }
    return (now - start) / (double) operations;
  }

  private void cycle(Connection[] borrowed) throws SQLException {
    for (int i = 0; i < borrowed.length; i++) {
      borrowed[i] = pool.getConnection();
    }
    for (Connection connection : borrowed) {
      connection.close();
    }
  }
}
