package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Load;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * All that one database did to the pools, plain or encrypted: a row per pool, a column per fault.
 */
final class SummaryTable {
  /** With other work on the machine, times that differ by less say nothing. */
  static final double NOISE_MILLIS = 50;

  private final Map<LabPool, Map<Fault, Tally>> rows = new LinkedHashMap<>();
  private final List<Fault> columns = new ArrayList<>();

  private SummaryTable(List<CellResult> results) {
    Map<LabPool, Map<Fault, List<CellResult>>> grouped =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    result -> LabPool.valueOf(result.cell().pool()),
                    () -> new EnumMap<>(LabPool.class),
                    Collectors.groupingBy(result -> result.cell().fault())));
    grouped.forEach(
        (pool, faults) -> {
          Map<Fault, Tally> row = new EnumMap<>(Fault.class);
          faults.forEach((fault, all) -> row.put(fault, Tally.of(all)));
          rows.put(pool, row);
        });
    Arrays.stream(Fault.values()).filter(fault -> size(fault) > 0).forEach(columns::add);
  }

  /** One table under a heading for each database and encryption that there are results of. */
  static String all(List<CellResult> results) {
    StringBuilder text = new StringBuilder();
    for (Database database : Database.values()) {
      for (boolean tls : new boolean[] {false, true}) {
        List<CellResult> some =
            results.stream()
                .filter(CellResult::isMeasured)
                .filter(result -> result.cell().database() == database)
                .filter(result -> result.cell().tls() == tls)
                .toList();
        if (!some.isEmpty()) {
          String title = database.title() + (tls ? ", TLS" : ", plain");
          text.append("\n### ").append(title).append("\n\n").append(new SummaryTable(some).write());
        }
      }
    }
    return text.toString();
  }

  private Tally tally(LabPool pool, Fault fault) {
    return rows.getOrDefault(pool, Map.of()).getOrDefault(fault, new Tally(List.of()));
  }

  /** Cells that the pool with the most of them was measured in. */
  private int size(Fault fault) {
    return rows.keySet().stream().mapToInt(pool -> tally(pool, fault).size()).max().orElse(0);
  }

  private String write() {
    List<String> titles = new ArrayList<>(List.of("pool"));
    columns.forEach(fault -> titles.add(fault + " " + fault.title()));
    StringBuilder text = new StringBuilder(Text.head(titles, 1));
    for (LabPool pool : rows.keySet()) {
      List<String> fields = new ArrayList<>(List.of(pool.title()));
      columns.forEach(fault -> fields.add(field(pool, fault)));
      text.append(Text.row(fields));
    }
    return text.toString();
  }

  private String field(LabPool pool, Fault fault) {
    Tally tally = tally(pool, fault);
    if (tally.size() == 0) {
      return "not measured";
    }
    List<String> lines = new ArrayList<>();
    String failed =
        "failed "
            + Text.number(tally.total(Figure.FAILED_BORROWS))
            + " + "
            + Text.number(tally.total(Figure.FAILED_QUERIES));
    if (fault.measuresRecovery()) {
      for (Load load : Load.values()) {
        Tally part = tally.of(load);
        if (part.size() > 0) {
          String times = load + " " + Text.time(part.first()) + " / " + Text.time(part.all());
          lines.add(strong(times, best(fault, load).contains(pool)));
        }
      }
      lines.add(
          tally.unrecovered() == 0
              ? "worst " + Text.time(tally.worst())
              : "never in " + tally.unrecovered());
      lines.add(strong(failed, gentlest(fault).contains(pool)));
    } else {
      lines.add(strong(failed, steadiest(fault).contains(pool)));
      lines.add("longest " + Text.number(tally.most(Figure.LONGEST_BORROW)));
    }
    if (tally.size() < size(fault)) {
      lines.add(tally.size() + " of " + size(fault) + " cells");
    }
    return String.join("<br>", lines);
  }

  private static String strong(String text, boolean bold) {
    return bold ? "**" + text + "**" : text;
  }

  /** Pools with all cells of a column, fewer might be the easy ones; empty if that is but one. */
  private Map<LabPool, Tally> compared(Fault fault) {
    Map<LabPool, Tally> compared = new EnumMap<>(LabPool.class);
    for (LabPool pool : rows.keySet()) {
      if (tally(pool, fault).size() == size(fault)) {
        compared.put(pool, tally(pool, fault));
      }
    }
    return compared.size() < 2 ? Map.of() : compared;
  }

  /** Who recovers fastest; of those as fast, who fails least. */
  private Set<LabPool> best(Fault fault, Load load) {
    Map<LabPool, Tally> some = new EnumMap<>(LabPool.class);
    compared(fault).forEach((pool, tally) -> some.put(pool, tally.of(load)));
    return least(least(some, Tally::all, NOISE_MILLIS), Tally::failures, 0).keySet();
  }

  /** Who fails least, unless all fail as often. */
  private Set<LabPool> gentlest(Fault fault) {
    Map<LabPool, Tally> some = compared(fault);
    Map<LabPool, Tally> least = least(some, Tally::failures, 0);
    return least.size() < some.size() ? least.keySet() : Set.of();
  }

  /** Who fails least; of those, who keeps nobody waiting. */
  private Set<LabPool> steadiest(Fault fault) {
    Map<LabPool, Tally> some = least(compared(fault), Tally::failures, 0);
    return least(some, tally -> tally.most(Figure.LONGEST_BORROW), NOISE_MILLIS).keySet();
  }

  /** Those with the least, and with no more above it than that. */
  private static Map<LabPool, Tally> least(
      Map<LabPool, Tally> pools, ToDoubleFunction<Tally> value, double above) {
    double least =
        pools.values().stream().mapToDouble(value).min().orElse(Double.POSITIVE_INFINITY);
    Map<LabPool, Tally> kept = new EnumMap<>(LabPool.class);
    pools.forEach(
        (pool, tally) -> {
          if (Double.isFinite(least) && value.applyAsDouble(tally) <= least + above) {
            kept.put(pool, tally);
          }
        });
    return kept;
  }
}
