package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import java.util.OptionalDouble;

/**
 * How long callers had to do without, in milliseconds from the moment when they could be served
 * again: the repair where nothing helps before it, else the first call, else the fault.
 *
 * @param first until the first was served; infinite if none was
 * @param all until each was served; infinite if one was not
 */
record Recovery(double first, double all) {
  /** Of one cell that was measured. */
  static Recovery of(CellResult result) {
    double start = start(result);
    return new Recovery(
        since(start, result.figure(Figure.FIRST)), since(start, result.figure(Figure.ALL)));
  }

  private static double since(double start, OptionalDouble time) {
    return time.isPresent() ? Math.max(0, time.getAsDouble() - start) : Double.POSITIVE_INFINITY;
  }

  private static double start(CellResult result) {
    Cell cell = result.cell();
    if (cell.fault().waitsForRepair()) {
      return result.figure(Figure.HEALED).orElse((double) cell.fault().outage().toMillis());
    }
    if (cell.quiet().isZero()) {
      return 0;
    }
    OptionalDouble first = result.figure(Figure.FIRST);
    OptionalDouble waited = result.figure(Figure.FIRST_AFTER_ASK);
    return first.isPresent() && waited.isPresent()
        ? first.getAsDouble() - waited.getAsDouble()
        : (double) cell.quiet().toMillis();
  }
}
