package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a comparison runs.
 *
 * @param command what the user typed, for the report
 * @param scenarios what is run
 * @param only which titles, "scenario: variant", are run
 * @param contenders who takes part
 * @param rounds how often each contender has its turn
 * @param effort how long a turn takes
 * @param fork whether each turn gets a JVM of its own; without, figures are worth nothing
 * @param out directory for the results
 */
public record Plan(
    String command,
    List<Scenario> scenarios,
    Predicate<String> only,
    List<Contender> contenders,
    int rounds,
    Effort effort,
    boolean fork,
    Path out) {

  /** The variants of a scenario that are asked for. */
  List<Variant> variants(Scenario scenario) {
    return scenario.variants().stream()
        .filter(variant -> only.test(scenario.name() + ": " + variant.label()))
        .toList();
  }
}
