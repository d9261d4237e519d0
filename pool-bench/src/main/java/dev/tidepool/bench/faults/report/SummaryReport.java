package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.pools.LabPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What people read first: {@code faults.md}. The single cells stand in {@link CellReport}. */
public final class SummaryReport {
  private static final int CELLS_NAMED = 6;

  private final Map<String, String> environment;
  private final Promises promises;
  private final Duration validation;

  /** With the machine the results come from, what is promised, and the longest validation. */
  public SummaryReport(Map<String, String> environment, Promises promises, Duration validation) {
    this.environment = environment;
    this.promises = promises;
    this.validation = validation;
  }

  /** The text. */
  public String write(List<CellResult> unordered) {
    List<CellResult> results = Order.sorted(unordered);
    StringBuilder text = new StringBuilder("# Fault lab\n\n## Summary\n\n");
    text.append(reading());
    text.append("\nEach cell by itself: [faults-cells.md](faults-cells.md).\n");
    text.append(SummaryTable.all(results));
    text.append("\n![all clear of each pool and fault](faults.svg)\n");
    broken(text, results);
    grouped(text, "Not measured", results, result -> result.failure().orElse(null));
    List<CellResult> measured = results.stream().filter(CellResult::isMeasured).toList();
    grouped(
        text,
        "Measured at a second attempt, or by another run",
        measured,
        CellResult::firstAttempt);
    grouped(text, "Skipped", results, CellResult::skipped);
    pools(text, results);
    text.append("\n## The machine\n\n");
    environment.forEach(
        (name, value) -> text.append("* ").append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }

  private static String reading() {
    return """
    In milliseconds, of the cells with that database and encryption:

    * idle, busy: `first success / all clear`, the median over the numbers of callers. Counted from
      the repair in F1, F4 and F5, where nobody can be served before it; from the first call in F2
      while idle; else from the fault. `never`: not within the bound.
    * worst: the longest all clear of all cells; or in how many cells some caller was never served
    * failed: borrows + queries that threw, summed over the cells
    * F8, over all killers: failed borrows + queries, and the longest borrow

    Each cell has one voice: of several rounds the median of a time, the worst of a count. **Bold**
    are the best of a column: idle and busy the shortest all clear, where what lies within %d ms of
    it is taken for as fast and the fewest failures decide; and the fewest failures (in F8, of as
    many, the shortest longest borrow). A pool without all cells of a column is not compared.
    """
        .formatted((int) SummaryTable.NOISE_MILLIS);
  }

  private void broken(StringBuilder text, List<CellResult> results) {
    List<Promises.Verdict> verdicts = promises.verdicts(results);
    if (verdicts.isEmpty()) {
      return;
    }
    List<Promises.Verdict> broken =
        verdicts.stream().filter(verdict -> !verdict.broken().isEmpty()).toList();
    text.append("\n## Promises of Tidepool that were not kept\n\n")
        .append("%d of the %d".formatted(broken.size(), verdicts.size()))
        .append(" that these cells are about; promised is what stands in `promises.txt`.\n");
    if (broken.isEmpty()) {
      return;
    }
    text.append('\n')
        .append(Text.head(List.of("promise", "not kept in", "worst cell", "limit", "measured"), 3));
    for (Promises.Verdict verdict : broken) {
      Promise.Broken worst = verdict.worst();
      text.append(
          Text.row(
              List.of(
                  verdict.promise().title(),
                  verdict.broken().size() + " of " + verdict.judged() + " cells and rounds",
                  worst.cell().scene() + ", round " + worst.cell().round(),
                  Text.number(verdict.promise().limit()),
                  worst.value().isPresent()
                      ? Text.number(worst.value().getAsDouble())
                      : "not measured")));
    }
  }

  /** A line for each thing that was said of some results, with the first few of them. */
  private static void grouped(
      StringBuilder text,
      String title,
      List<CellResult> results,
      Function<CellResult, @Nullable String> said) {
    Map<String, List<CellResult>> groups =
        results.stream()
            .filter(result -> said.apply(result) != null)
            .collect(
                Collectors.groupingBy(
                    result -> ErrorTexts.withoutNumbers(Objects.requireNonNull(said.apply(result))),
                    TreeMap::new,
                    Collectors.toList()));
    if (groups.isEmpty()) {
      return;
    }
    text.append("\n## ").append(title).append("\n\n");
    groups.forEach(
        (reason, cells) -> {
          List<String> names =
              cells.stream().limit(CELLS_NAMED).map(result -> name(result)).toList();
          String more = cells.size() > CELLS_NAMED ? "; ..." : "";
          text.append("* ").append(cells.size()).append(cells.size() == 1 ? " cell: " : " cells: ");
          text.append(reason)
              .append(" (")
              .append(String.join("; ", names))
              .append(more)
              .append(")\n");
        });
  }

  private static String name(CellResult result) {
    return result.cell() + ", round " + result.cell().round();
  }

  private void pools(StringBuilder text, List<CellResult> results) {
    text.append(
        """

        ## The pools and their settings

        The same for all: 10 connections, a borrower waits 10 s at most, a connection that was quiet
        for 500 ms is validated before it is lent, a validation takes %d s at most, a quiet
        connection is pinged every 30 s (every 1 s in F5 and F8, if the pool can); in the URL
        `connectTimeout` 5 s, `socketTimeout` 5 s, `tcpKeepAlive`.

        """
            .formatted(validation.toSeconds()));
    List<LabPool> pools = new ArrayList<>();
    results.stream()
        .map(result -> LabPool.valueOf(result.cell().pool()))
        .distinct()
        .sorted()
        .forEach(pools::add);
    text.append(Text.head(List.of("pool", "the settings that carry this"), 2));
    pools.forEach(pool -> text.append(Text.row(List.of(pool.title(), pool.settings()))));
  }
}
