package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Borrowing a connection, executing one statement, and giving it back: what an application pays for
 * the pool on top of the driver.
 *
 * <p>{@code java -jar pool-bench/target/benchmarks.jar StatementBenchmark -t 8 -bm thrpt -prof gc}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseG1GC"})
public class StatementBenchmark {
  /** An update: a query would have to invent rows. */
  static final String SQL = "update tide set level = level + 1";

  /** Hands the statement to JMH: else the compiler could do without making it. */
  @Benchmark
  public Statement cycle(PoolState pool) throws SQLException {
    try (Connection connection = pool.dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(SQL);
      return statement;
    }
  }
}
