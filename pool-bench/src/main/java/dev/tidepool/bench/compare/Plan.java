package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a comparison runs.
 *
 * @param command what the user typed, for the report
 * @param parts one for each scenario
 * @param fork whether each turn gets a JVM of its own; without, figures are worth nothing
 * @param out directory for the results
 */
public record Plan(String command, List<Part> parts, boolean fork, Path out) {
  /** About how long it will take. */
  public Duration expected() {
    return parts.stream().map(Part::expected).reduce(Duration.ZERO, Duration::plus);
  }

  /** How many turns it has. */
  public int turns() {
    return parts.stream()
        .mapToInt(part -> part.variants().size() * part.contenders().size() * part.rounds())
        .sum();
  }

  /**
   * What is run of a scenario.
   *
   * @param variants which of its forms
   * @param contenders who takes part
   * @param rounds how often each contender has its turn in each form
   * @param effort how long a turn takes
   */
  public record Part(
      Scenario scenario,
      List<Variant> variants,
      List<Contender> contenders,
      int rounds,
      Effort effort) {

    Duration expected() {
      Duration round =
          variants.stream()
              .map(variant -> variant.expected().apply(effort))
              .reduce(Duration.ZERO, Duration::plus);
      return round.multipliedBy((long) contenders.size() * rounds);
    }
  }
}
