package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.Comparator;
import java.util.List;

/** The order of every table: what is to be compared, the pools, stands together. */
final class Order {
  private static final Comparator<Cell> CELLS =
      Comparator.comparing(Cell::fault)
          .thenComparing(Cell::database)
          .thenComparing(Cell::killer, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Cell::tls, Boolean::compare)
          .thenComparing(Cell::load)
          .thenComparingInt(Cell::callers)
          .thenComparing(cell -> LabPool.valueOf(cell.pool()))
          .thenComparingInt(Cell::round);

  private Order() {}

  /** The results in that order, whatever runs they are from. */
  static List<CellResult> sorted(List<CellResult> results) {
    return results.stream().sorted(Comparator.comparing(CellResult::cell, CELLS)).toList();
  }
}
