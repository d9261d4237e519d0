package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.Filling;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import dev.tidepool.bench.load.Load;
import dev.tidepool.bench.load.ThreadKind;
import dev.tidepool.bench.load.Use;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.util.DriverInfo;

/** What is left of the differences when there is a database. */
public final class DatabaseRun implements Scenario {
  private static final String DRIVER = "org.postgresql.Driver";
  private static final int CONNECTIONS = 8;
  private static final String ROWS =
      "SELECT i, i + 1, i + 2, i + 3, i + 4 FROM generate_series(1, 1000) i";

  @Override
  public String name() {
    return "database";
  }

  @Override
  public String summary() {
    return "PostgreSQL on the loopback address: acquire, `SELECT` of one row by a prepared statement,"
        + " or of 1,000 rows of five columns by `getObject`, release; 8 connections. Times are of the whole operation. Server and borrowers share"
        + " the processors; CPU is that of the borrowers' process.";
  }

  @Override
  public Figure main() {
    return Figure.THROUGHPUT;
  }

  @Override
  public List<Figure> compared() {
    return List.of(Figure.THROUGHPUT, Figure.CPU_MICROS);
  }

  @Override
  public List<Variant> variants() {
    return List.of(
        Variant.of("1 thread", turn -> measure(turn, 1, DatabaseRun::query)),
        Variant.of("8 threads", turn -> measure(turn, 8, DatabaseRun::query)),
        Variant.of("32 threads", turn -> measure(turn, 32, DatabaseRun::query)),
        Variant.of("1 thread, 1,000 rows", turn -> measure(turn, 1, DatabaseRun::readRows)));
  }

  @Override
  public Optional<String> unavailable() {
    return LoopbackPostgres.unavailable();
  }

  @Override
  public Stage stage() throws IOException {
    LoopbackPostgres server = LoopbackPostgres.start();
    String fact = server.version() + ", JDBC driver " + DriverInfo.DRIVER_VERSION;
    return new Stage(server.url(), fact, server::close);
  }

  private static Map<Figure, Double> measure(Turn turn, int threads, Use use) throws Exception {
    Terms terms = Terms.of(CONNECTIONS).at(turn.url(), DRIVER);
    try (PooledSource pool = turn.contender().open(terms)) {
      Filling.of(pool.dataSource(), CONNECTIONS);
      return new Load(threads, ThreadKind.PLATFORM, Duration.ZERO, Duration.ZERO, true)
          .run(pool.dataSource(), use, turn.effort())
          .figures();
    }
  }

  private static void query(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ? + 1")) {
      statement.setInt(1, 41);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next() || rows.getInt(1) != 42) {
          throw new SQLException("the wrong answer");
        }
      }
    }
  }

  private static void readRows(Connection connection) throws SQLException {
    long sum = 0;
    try (PreparedStatement statement = connection.prepareStatement(ROWS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        for (int column = 1; column <= 5; column++) {
          sum += (Integer) rows.getObject(column);
        }
      }
    }
    if (sum != 2_512_500) {
      throw new SQLException("the wrong sum: " + sum);
    }
  }
}
