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
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The results of several runs as those of one. */
public final class Merge {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

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
    Set<CellResult> told = new HashSet<>();
    for (CellResult round : begun) {
      if (round.isMeasured()) {
        // Figures are to the microsecond: two measurements do not have all of them in common.
        if (seen.add(round.inRound(1))) {
          Optional<CellResult> replaced =
              begun.stream().filter(other -> replaces(round, other)).filter(told::add).findFirst();
          kept.add(replaced.map(failed -> telling(round, failed)).orElse(round));
        }
      } else if (begun.stream().noneMatch(other -> replaces(other, round))) {
        kept.add(round);
      }
    }
    return kept;
  }

  private static boolean replaces(CellResult measured, CellResult failed) {
    return measured.isMeasured()
        && failed.failure().isPresent()
        && measured.cell().equals(failed.cell());
  }

  /** With what it replaces, unless it tells of an attempt of its own. */
  private static CellResult telling(CellResult measured, CellResult failed) {
    return measured.firstAttempt() == null
        ? failed.failure().map(measured::after).orElse(measured)
        : measured;
  }

  /** What is known of the machines of several runs: a value, or from the least to the greatest. */
  public static Map<String, String> environments(List<Map<String, String>> runs) {
    Map<String, TreeSet<String>> facts = new LinkedHashMap<>();
    for (Map<String, String> run : runs) {
      run.forEach(
          (name, value) ->
              facts.computeIfAbsent(name, n -> new TreeSet<>(Merge::compare)).add(value));
    }
    Map<String, String> merged = new LinkedHashMap<>();
    facts.forEach(
        (name, values) ->
            merged.put(
                name,
                values.size() == 1 ? values.first() : values.first() + " to " + values.last()));
    return merged;
  }

  /** Numbers by size, anything else as text. */
  private static int compare(String one, String other) {
    return NUMBER.matcher(one).matches() && NUMBER.matcher(other).matches()
        ? Double.compare(Double.parseDouble(one), Double.parseDouble(other))
        : one.compareTo(other);
  }
}
