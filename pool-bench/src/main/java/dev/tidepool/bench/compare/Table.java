package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Median;

/** The outcomes of one scenario, the rounds of each contender taken together. */
final class Table {
  private final Plan.Part part;
  private final List<Outcome> outcomes;

  Table(Plan.Part part, List<Outcome> all) {
    this.part = part;
    String name = part.scenario().name();
    outcomes = all.stream().filter(outcome -> outcome.scenario().name().equals(name)).toList();
  }

  Plan.Part part() {
    return part;
  }

  boolean isEmpty() {
    return outcomes.isEmpty();
  }

  /** In the order in which they were first measured. */
  Set<String> variants() {
    return outcomes.stream()
        .map(Outcome::variant)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** In the order of the enumeration. */
  List<Contender> contenders() {
    Set<Contender> found = outcomes.stream().map(Outcome::contender).collect(Collectors.toSet());
    return Arrays.stream(Contender.values()).filter(found::contains).toList();
  }

  /** All that any turn measured and what it should have, in the order of the enumeration. */
  List<Figure> figures() {
    Stream<Figure> measured = outcomes.stream().flatMap(o -> o.figures().keySet().stream());
    return Stream.concat(part.scenario().compared().stream(), measured)
        .distinct()
        .sorted()
        .toList();
  }

  /** By round. */
  Map<Integer, Double> values(String variant, Contender contender, Figure figure) {
    Map<Integer, Double> values = new LinkedHashMap<>();
    for (Outcome outcome : of(variant, contender)) {
      Double value = outcome.figures().get(figure);
      if (value != null) {
        values.put(outcome.round(), value);
      }
    }
    return values;
  }

  /** Of the rounds that could tell. */
  OptionalDouble median(String variant, Contender contender, Figure figure) {
    return median(values(variant, contender, figure));
  }

  /** Contenders whose figures are units for the others'. */
  List<Contender> yardsticks() {
    return contenders().stream().filter(Contender::isYardstick).toList();
  }

  /** Median of the ratios within a round: what slowed the machine down in a round, slowed both. */
  OptionalDouble ratio(String variant, Contender contender, Contender yardstick, Figure figure) {
    Map<Integer, Double> ratios = new LinkedHashMap<>();
    Map<Integer, Double> units = values(variant, yardstick, figure);
    values(variant, contender, figure)
        .forEach(
            (round, value) -> {
              Double unit = units.get(round);
              if (unit != null && unit != 0) {
                ratios.put(round, value / unit);
              }
            });
    return median(ratios);
  }

  /** Why turns of it failed. */
  Set<String> errors(String variant, Contender contender) {
    return of(variant, contender).stream()
        .flatMap(o -> Stream.ofNullable(o.error()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private List<Outcome> of(String variant, Contender contender) {
    return outcomes.stream()
        .filter(o -> o.variant().equals(variant) && o.contender() == contender)
        .toList();
  }

  private static OptionalDouble median(Map<Integer, Double> values) {
    return values.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            Median.withDefaults()
                .evaluate(values.values().stream().mapToDouble(Double::doubleValue).toArray()));
  }
}
