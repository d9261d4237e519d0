package dev.tidepool.bench.faults.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What came of a cell.
 *
 * @param figures what was measured; a figure that is absent could not be
 * @param errors the first few different things that callers were told
 * @param skipped why the cell was not run, or null if it was
 * @param firstAttempt what kept an earlier attempt from being measured, or null if this is the
 *     first
 */
public record CellResult(
    Cell cell,
    Map<Figure, Double> figures,
    List<String> errors,
    @Nullable String skipped,
    @Nullable String firstAttempt) {
  private static final String NOT_MEASURED = "not measured: ";

  /** Copies what it is given. */
  public CellResult {
    Map<Figure, Double> copy = new EnumMap<>(Figure.class);
    copy.putAll(figures);
    figures = copy;
    errors = List.copyOf(errors);
  }

  /** Of a first attempt. */
  public CellResult(
      Cell cell, Map<Figure, Double> figures, List<String> errors, @Nullable String skipped) {
    this(cell, figures, errors, skipped, null);
  }

  /** A cell that was not run. */
  public static CellResult skipped(Cell cell, String reason) {
    return new CellResult(cell, Map.of(), List.of(), reason);
  }

  /** A cell that was begun and came to nothing. */
  public static CellResult notMeasured(Cell cell, String reason) {
    return new CellResult(cell, Map.of(), List.of(NOT_MEASURED + reason), null);
  }

  /** The same, told to be a later attempt than one that failed. */
  public CellResult after(String failedAttempt) {
    return new CellResult(cell, figures, errors, skipped, failedAttempt);
  }

  /** The same under another number of its round. */
  public CellResult inRound(int round) {
    return new CellResult(cell.inRound(round), figures, errors, skipped, firstAttempt);
  }

  /** True if there is anything to tell of it. */
  public boolean isMeasured() {
    return skipped == null && !figures.isEmpty();
  }

  /** Why it was begun and came to nothing; empty if it was measured, or skipped. */
  public Optional<String> failure() {
    return skipped != null || isMeasured()
        ? Optional.empty()
        : Optional.of(String.join("; ", errors).replace(NOT_MEASURED, ""));
  }

  /** One figure, if it was measured. */
  public OptionalDouble figure(Figure figure) {
    Double value = figures.get(figure);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
