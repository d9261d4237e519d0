package dev.tidepool.bench;

import java.sql.SQLException;
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
  @Param({"32", "10", "1000"})
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
    Filling.of(dataSource, poolSize);
  }

  /** Ends the pool. */
  @TearDown(Level.Trial)
  public void close() throws SQLException {
    source.close();
  }
}
