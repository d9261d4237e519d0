package dev.tidepool.bench;

import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.scenarios.ColdRamp;
import dev.tidepool.bench.scenarios.DatabaseRun;
import dev.tidepool.bench.scenarios.Expiry;
import dev.tidepool.bench.scenarios.ManyPools;
import dev.tidepool.bench.scenarios.Micro;
import dev.tidepool.bench.scenarios.MostlyInUse;
import dev.tidepool.bench.scenarios.Saturation;
import java.util.List;

/**
 * All scenarios, in the order of the full run. A new one takes a class and a line here and in
 * {@link Preset}.
 */
public final class Catalogue {
  private static final List<Scenario> ALL =
      List.of(
          new Micro(
              "acquire",
              "`getConnection()` and `close()` on a driver that does nothing; the pool is full.",
              AcquireReleaseBenchmark.class,
              List.of(32, 10, 1_000)),
          new Micro(
              "statement",
              "The same with `createStatement()`, `execute()` and `close()` in between.",
              StatementBenchmark.class,
              List.of(32, 10, 1_000)),
          new Micro(
              "statement-cycle",
              "`createStatement()`, `execute()` and `close()` on a connection that the thread keeps.",
              StatementCycleBenchmark.class,
              List.of(32)),
          new Saturation(),
          new ColdRamp(),
          new Expiry(),
          new ManyPools(),
          new MostlyInUse(),
          new DatabaseRun());

  private Catalogue() {}

  /** All of them. */
  public static List<Scenario> all() {
    return ALL;
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Scenario scenario(String name) {
    return ALL.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no scenario " + name));
  }
}
