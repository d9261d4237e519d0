package dev.tidepool.bench.faults.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What came of a cell.
 *
 * @param figures what was measured; a figure that is absent could not be
 * @param errors the first few different things that callers were told
 * @param skipped why the cell was not run, or null if it was
 */
public record CellResult(
    Cell cell, Map<Figure, Double> figures, List<String> errors, @Nullable String skipped) {
  /** Copies what it is given. */
  public CellResult {
    Map<Figure, Double> copy = new EnumMap<>(Figure.class);
    copy.putAll(figures);
    figures = copy;
    errors = List.copyOf(errors);
  }

  /** A cell that was not run. */
  public static CellResult skipped(Cell cell, String reason) {
    return new CellResult(cell, Map.of(), List.of(), reason);
  }

  /** One figure, if it was measured. */
  public OptionalDouble figure(Figure figure) {
    Double value = figures.get(figure);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** True if the cell was run and every caller borrowed with success after the injection. */
  public boolean recovered() {
    return figures.containsKey(Figure.ALL);
  }
}
