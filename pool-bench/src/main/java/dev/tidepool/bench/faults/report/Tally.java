package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Load;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one pool did in several cells that differ in load, callers or killer. Each cell has one
 * voice, however many rounds it had: the median of them for a time, the worst for a count.
 *
 * @param cells the rounds of each cell, measured ones only
 */
record Tally(List<List<CellResult>> cells) {
  /** Of the results of one pool; those that were not measured are left out. */
  static Tally of(List<CellResult> results) {
    return new Tally(
        Rounds.of(results).stream()
            .map(Rounds::measured)
            .filter(measured -> !measured.isEmpty())
            .toList());
  }

  /** Only the cells of that load. */
  Tally of(Load load) {
    return new Tally(cells.stream().filter(rounds -> rounds.get(0).cell().load() == load).toList());
  }

  /** How many cells. */
  int size() {
    return cells.size();
  }

  /** Median over the cells of the first success. */
  double first() {
    return median(eachCell(recovery -> recovery.first()));
  }

  /** Median over the cells of the moment when each caller was served. */
  double all() {
    return median(alls());
  }

  /** For each cell the moment when each caller was served; infinite for never. */
  List<Double> alls() {
    return eachCell(recovery -> recovery.all());
  }

  private List<Double> eachCell(ToDoubleFunction<Recovery> time) {
    return cells.stream()
        .map(rounds -> median(rounds.stream().map(Recovery::of).mapToDouble(time).boxed().toList()))
        .toList();
  }

  /** The longest time until each caller was served, of all rounds. */
  double worst() {
    return cells.stream()
        .flatMap(List::stream)
        .mapToDouble(result -> Recovery.of(result).all())
        .max()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Cells with a round in which some caller was never served. */
  long unrecovered() {
    return cells.stream()
        .filter(
            rounds ->
                rounds.stream().anyMatch(result -> Double.isInfinite(Recovery.of(result).all())))
        .count();
  }

  /** Sum over the cells, of each the worst round. */
  double total(Figure figure) {
    return cells.stream().mapToDouble(rounds -> worst(rounds, figure)).sum();
  }

  /** The largest of all cells and rounds. */
  double most(Figure figure) {
    return cells.stream().mapToDouble(rounds -> worst(rounds, figure)).max().orElse(0);
  }

  private static double worst(List<CellResult> rounds, Figure figure) {
    return rounds.stream().mapToDouble(result -> result.figure(figure).orElse(0)).max().orElse(0);
  }

  /** Borrows and queries that failed. */
  double failures() {
    return total(Figure.FAILED_BORROWS) + total(Figure.FAILED_QUERIES);
  }

  /** The middle one, or the mean of the two in the middle; infinite if there is none. */
  static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
