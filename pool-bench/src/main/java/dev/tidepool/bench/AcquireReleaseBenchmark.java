package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Borrowing a connection and giving it back, unused. The time is that of one thread's cycle, so
 * with more threads than processors it contains the time in which others ran.
 *
 * <p>{@code java -jar pool-bench/target/benchmarks.jar AcquireRelease -t 8 -bm thrpt -prof gc}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseG1GC"})
public class AcquireReleaseBenchmark {
  /** Hands the connection to JMH: else the compiler could do without making it. */
  @Benchmark
  public Connection cycle(PoolState pool) throws SQLException {
    Connection connection = pool.dataSource.getConnection();
    connection.close();
    return connection;
  }
}
