package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Making, executing and closing a statement on a connection that each thread keeps: what every
 * statement after the first pays. There must be as many connections as threads.
 *
 * <p>{@code java -jar pool-bench/target/benchmarks.jar StatementCycle -t 8 -bm thrpt -prof gc}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseG1GC"})
public class StatementCycleBenchmark {
  /** Hands the statement to JMH: else the compiler could do without making it. */
  @Benchmark
  public Statement cycle(Borrowed borrowed) throws SQLException {
    try (Statement statement = borrowed.connection.createStatement()) {
      statement.execute(StatementBenchmark.SQL);
      return statement;
    }
  }

  /** The connection of a thread. */
  @State(Scope.Thread)
  public static class Borrowed {
    @SuppressWarnings("NullAway.Init") // by borrow()
    Connection connection;

    /** Before the measurement. */
    @Setup(Level.Trial)
    public void borrow(PoolState pool) throws SQLException {
      connection = pool.dataSource.getConnection();
    }

    /** After it. */
    @TearDown(Level.Trial)
    public void giveBack() throws SQLException {
      connection.close();
    }
  }
}
