package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rounds of one pool in one scene, taken together. */
record Summary(String pool, List<CellResult> rounds) {
  /** By scene, then by pool, in the order of the results; skipped cells are left out. */
  static Map<String, List<Summary>> of(List<CellResult> results) {
    Map<String, Map<String, List<CellResult>>> grouped =
        results.stream()
            .filter(result -> result.skipped() == null)
            .collect(
                Collectors.groupingBy(
                    result -> result.cell().scene(),
                    LinkedHashMap::new,
                    Collectors.groupingBy(
                        result -> result.cell().pool(), LinkedHashMap::new, Collectors.toList())));
    Map<String, List<Summary>> summaries = new LinkedHashMap<>();
    grouped.forEach(
        (scene, pools) ->
            summaries.put(
                scene,
                pools.entrySet().stream()
                    .map(pool -> new Summary(pool.getKey(), pool.getValue()))
                    .toList()));
    return summaries;
  }

  /** The middle one of the rounds; empty if a round could not tell. */
  Optional<Double> median(Figure figure) {
    List<Double> values = values(figure);
    return values.isEmpty() || values.size() < rounds.size()
        ? Optional.empty()
        : Optional.of(values.get((values.size() - 1) / 2));
  }

  /** The largest of the rounds; empty if a round could not tell. */
  Optional<Double> worst(Figure figure) {
    List<Double> values = values(figure);
    return values.isEmpty() || values.size() < rounds.size()
        ? Optional.empty()
        : Optional.of(values.get(values.size() - 1));
  }

  /** How many rounds could tell. */
  int known(Figure figure) {
    return values(figure).size();
  }

  private List<Double> values(Figure figure) {
    return rounds.stream()
        .flatMap(round -> round.figure(figure).stream().boxed())
        .sorted()
        .toList();
  }
}
