package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rounds of one cell, taken together.
 *
 * @param measured those that were measured; may be none
 */
record Rounds(Cell cell, List<CellResult> measured) {
  /** By cell, in the order of the results. */
  static List<Rounds> of(List<CellResult> results) {
    Map<Cell, List<CellResult>> cells =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.cell().inRound(1), LinkedHashMap::new, Collectors.toList()));
    return cells.entrySet().stream()
        .map(
            each ->
                new Rounds(
                    each.getKey(),
                    each.getValue().stream().filter(CellResult::isMeasured).toList()))
        .toList();
  }

  /** How many were measured. */
  int size() {
    return measured.size();
  }

  /** The middle one of the rounds; empty if a round could not tell. */
  Optional<Double> median(Figure figure) {
    List<Double> values = values(figure);
    return isKnown(values) ? Optional.of(Tally.median(values)) : Optional.empty();
  }

  /** The largest of the rounds; empty if a round could not tell. */
  Optional<Double> worst(Figure figure) {
    List<Double> values = values(figure);
    return isKnown(values) ? Optional.of(values.get(values.size() - 1)) : Optional.empty();
  }

  /** How many rounds could tell. */
  int known(Figure figure) {
    return values(figure).size();
  }

  private boolean isKnown(List<Double> values) {
    return !values.isEmpty() && values.size() == measured.size();
  }

  private List<Double> values(Figure figure) {
    return measured.stream()
        .flatMap(round -> round.figure(figure).stream().boxed())
        .sorted()
        .toList();
  }
}
