package dev.tidepool.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * JDBC call by call: what a call answers or throws through the pool is what it answers or throws on
 * a connection of the driver's own. All probes of a database share one pooled session, so each also
 * lives with what the ones before it left behind. The figures are in target/conformance.md; the
 * same page of one run is docs/conformance.md.
 */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConformanceTest {
  private static final List<Area> AREAS =
      List.of(
          Transactions.AREA,
          Batches.AREA,
          Callables.AREA,
          GeneratedKeys.AREA,
          ResultSets.AREA,
          Cursors.AREA,
          Values.AREA,
          LargeObjects.AREA,
          ArraysAndStructs.AREA,
          RowSets.AREA,
          Warnings.AREA,
          ClientInfos.AREA,
          Timeouts.AREA,
          Wrappers.AREA,
          BackReferences.AREA,
          Closing.AREA,
          NextBorrower.AREA,
          Sweep.plausible(),
          Sweep.nothing());

  private static final Map<Database, TidepoolDataSource> POOLS = new EnumMap<>(Database.class);
  private static final Map<Database, String> PRODUCTS = new EnumMap<>(Database.class);
  private static final ConformanceReport REPORT = new ConformanceReport();

  static List<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Database database : Database.values()) {
      for (Area area : AREAS) {
        cells.add(Arguments.of(database, area));
      }
    }
    return cells;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cells")
  void everyCall_endsAsOnTheDriver(Database database, Area area) throws Exception {
    TidepoolDataSource pool = POOLS.computeIfAbsent(database, Database::pool);
    Comparison comparison = new Comparison(database, pool, Excuses.ALL);
    comparison.play(area);
    REPORT.add(area, database, comparison);
    if (!PRODUCTS.containsKey(database)) {
      PRODUCTS.put(database, product(database));
    }
    assertThat(comparison.calls()).isPositive();
    assertThat(comparison.differences()).isEmpty();
    assertThat(pool.stats().active()).isZero();
  }

  @AfterAll
  static void report() throws IOException {
    POOLS.values().forEach(TidepoolDataSource::close);
    REPORT.write(Path.of("target", "conformance.md"), PRODUCTS);
    for (Database database : Database.values()) {
      if (REPORT.isComplete(database, AREAS.size())) {
        assertThat(Excuses.ALL)
            .as("excuses that %s does not need", database)
            .filteredOn(excuse -> excuse.on().contains(database))
            .isSubsetOf(REPORT.used(database));
      }
    }
  }

  private static String product(Database database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.url())) {
      DatabaseMetaData data = connection.getMetaData();
      return data.getDatabaseProductName()
          + " "
          + data.getDatabaseProductVersion()
          + ", "
          + data.getDriverName()
          + " "
          + data.getDriverVersion();
    }
  }
}
