package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The results of several runs as those of one. */
public final class Merge {
  private Merge() {}

  /**
   * All results, the rounds of each cell numbered anew in the order of the runs.
   *
   * <p>A round that came to nothing gives way to the same round of another run that was measured,
   * which tells of it; a skipped one gives way to anything. What two runs both have, as a run and
   * an earlier merge of it do, counts once.
   */
  public static List<CellResult> of(List<List<CellResult>> runs) {
    Map<Cell, List<CellResult>> cells = new LinkedHashMap<>();
    for (List<CellResult> run : runs) {
      for (CellResult result : run) {
        cells.computeIfAbsent(result.cell().inRound(1), cell -> new ArrayList<>()).add(result);
      }
    }
    List<CellResult> merged = new ArrayList<>();
    for (List<CellResult> rounds : cells.values()) {
      int number = 0;
      for (CellResult result : kept(rounds)) {
        merged.add(result.inRound(++number));
      }
    }
    return Order.sorted(merged);
  }

  private static List<CellResult> kept(List<CellResult> rounds) {
    List<CellResult> begun = rounds.stream().filter(round -> round.skipped() == null).toList();
    if (begun.isEmpty()) {
      return rounds.subList(0, 1);
    }
    List<CellResult> kept = new ArrayList<>();
    Set<CellResult> seen = new HashSet<>();
    for (CellResult round : begun) {
      if (round.isMeasured()) {
        // Figures are to the microsecond: two measurements do not have all of them in common.
        if (seen.add(round.inRound(1))) {
          kept.add(told(round, begun));
        }
      } else if (begun.stream().noneMatch(other -> replaces(other, round))) {
        kept.add(round);
      }
    }
    return kept;
  }

  private static boolean replaces(CellResult other, CellResult failed) {
    return other.isMeasured() && other.cell().equals(failed.cell());
  }

  /** With what it replaces, unless it tells of an attempt of its own. */
  private static CellResult told(CellResult measured, List<CellResult> rounds) {
    Optional<String> failure =
        rounds.stream()
            .filter(round -> replaces(measured, round))
            .flatMap(round -> round.failure().stream())
            .findFirst();
    return measured.firstAttempt() == null
        ? failure.map(measured::after).orElse(measured)
        : measured;
  }
}
