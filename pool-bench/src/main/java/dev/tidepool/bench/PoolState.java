package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One pool of one contender, full, shared by all threads of a trial. */
@State(Scope.Benchmark)
public class PoolState {
  /** Which pool. */
  @Param public Contender contender = Contender.TIDEPOOL;

  /** Connections in it. */
  @Param({"32", "10"})
  public int poolSize = 32;

  @SuppressWarnings("NullAway.Init") // by open()
  private PooledSource source;

  /** Where the benchmark borrows. A field: the benchmark's own cost is one read. */
  @SuppressWarnings("NullAway.Init") // by open()
  DataSource dataSource;

  /** Starts the pool and has all its connections opened. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    source = contender.open(Terms.of(poolSize));
    dataSource = source.dataSource();
    fill();
  }

  /**
   * Borrows all connections at once. On a thread of its own: what a pool remembers of this thread
   * must not help or hinder those that are measured, and JMH calls the set-up on one of them.
   */
  private void fill() throws InterruptedException, ExecutionException {
    FutureTask<Void> filling =
        new FutureTask<>(
            () -> {
              borrowAll();
              return null;
            });
    Thread thread = new Thread(filling, "fill");
    thread.start();
    filling.get();
    thread.join();
  }

  private void borrowAll() throws SQLException {
    List<Connection> borrowed = new ArrayList<>();
    for (int i = 0; i < poolSize; i++) {
      borrowed.add(dataSource.getConnection());
    }
    for (Connection connection : borrowed) {
      connection.close();
    }
  }

  /** Ends the pool. */
  @TearDown(Level.Trial)
  public void close() {
    source.close();
  }
}
