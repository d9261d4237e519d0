package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.pools.LabPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All results, for people. */
public final class MarkdownTables {
  private static final List<Figure> RECOVERY =
      List.of(
          Figure.DETECT,
          Figure.RETIRED_ALL,
          Figure.FIRST,
          Figure.FIRST_AFTER_ASK,
          Figure.ALL,
          Figure.ALL_AFTER_HEAL,
          Figure.FAILED_BORROWS,
          Figure.FAILED_QUERIES,
          Figure.LONGEST_BORROW,
          Figure.CAUGHT,
          Figure.STUCK,
          Figure.SLOTS_LOST,
          Figure.ORPHANS);

  private static final List<Figure> TRICKLE =
      List.of(
          Figure.BORROWS,
          Figure.FAILED_BORROWS,
          Figure.FAILED_QUERIES,
          Figure.LONGEST_BORROW,
          Figure.PINGS,
          Figure.SLOTS_LOST,
          Figure.ORPHANS);

  private final Map<String, String> environment;
  private final Promises promises;
  private final Duration validation;

  /** With the machine the results come from, what is promised, and the longest validation. */
  public MarkdownTables(Map<String, String> environment, Promises promises, Duration validation) {
    this.environment = environment;
    this.promises = promises;
    this.validation = validation;
  }

  /** The text. */
  public String write(List<CellResult> results) {
    StringBuilder text = new StringBuilder("# Fault lab\n\n");
    environment.forEach(
        (name, value) -> text.append("* ").append(name).append(": ").append(value).append('\n'));
    text.append(
        "\nMilliseconds from the injection; of several rounds the median, and the worst behind a"
            + " slash. `never`: not within the bound. `-`: the pool does not tell.\n");
    Summary.of(results).forEach((scene, summaries) -> table(text, scene, summaries));
    errors(text, results);
    skipped(text, results);
    broken(text, results);
    pools(text, results);
    return text.toString();
  }

  private static void table(StringBuilder text, String scene, List<Summary> summaries) {
    Cell cell = summaries.get(0).rounds().get(0).cell();
    Fault fault = cell.fault();
    List<Figure> columns =
        (fault == Fault.F8 ? TRICKLE : RECOVERY)
            .stream()
                .filter(figure -> isMeant(figure, cell))
                .filter(figure -> !isOptional(figure) || anyKnows(summaries, figure))
                .toList();
    text.append("\n## ").append(scene).append("\n\n| pool |");
    columns.forEach(figure -> text.append(' ').append(figure.title()).append(" |"));
    text.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
    for (Summary summary : summaries) {
      text.append("| ").append(LabPool.valueOf(summary.pool()).title()).append(" |");
      columns.forEach(figure -> text.append(' ').append(value(summary, figure)).append(" |"));
      text.append('\n');
    }
  }

  private static boolean isMeant(Figure figure, Cell cell) {
    if (figure == Figure.FIRST_AFTER_ASK) {
      return !cell.quiet().isZero();
    }
    return figure != Figure.ALL_AFTER_HEAL || !cell.fault().outage().isZero();
  }

  /** Known of some pools only. */
  private static boolean isOptional(Figure figure) {
    return figure == Figure.DETECT || figure == Figure.RETIRED_ALL || figure == Figure.PINGS;
  }

  private static boolean anyKnows(List<Summary> summaries, Figure figure) {
    return summaries.stream().anyMatch(summary -> summary.known(figure) > 0);
  }

  private static String value(Summary summary, Figure figure) {
    Optional<Double> median = summary.median(figure);
    if (median.isEmpty()) {
      boolean time =
          figure == Figure.FIRST || figure == Figure.ALL || figure == Figure.ALL_AFTER_HEAL;
      int known = summary.known(figure);
      return time && known < summary.rounds().size()
          ? known == 0 ? "never" : "never in " + (summary.rounds().size() - known)
          : "-";
    }
    String middle = number(median.get());
    String worst = number(summary.worst(figure).orElseThrow());
    return middle.equals(worst) ? middle : middle + " / " + worst;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
  }

  private static void errors(StringBuilder text, List<CellResult> results) {
    List<String> lines = new ArrayList<>();
    for (CellResult result : results) {
      for (String error : result.errors()) {
        lines.add("* " + result.cell() + ": `" + error.replaceAll("\\s+", " ") + "`");
      }
    }
    section(text, "What callers were told", lines.stream().distinct().toList());
  }

  private static void skipped(StringBuilder text, List<CellResult> results) {
    Map<String, Long> reasons =
        results.stream()
            .filter(result -> result.skipped() != null)
            .collect(
                Collectors.groupingBy(
                    result -> Objects.requireNonNull(result.skipped()),
                    TreeMap::new,
                    Collectors.counting()));
    List<String> lines = new ArrayList<>();
    reasons.forEach((reason, count) -> lines.add("* " + count + " cells: " + reason));
    section(text, "Skipped", lines);
  }

  private void broken(StringBuilder text, List<CellResult> results) {
    section(
        text,
        "Promises of Tidepool that were not kept",
        promises.broken(results).stream().map(broken -> "* " + broken.describe()).toList());
  }

  private static void section(StringBuilder text, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append("\n## ").append(title).append("\n\n");
      lines.forEach(line -> text.append(line).append('\n'));
    }
  }

  private void pools(StringBuilder text, List<CellResult> results) {
    text.append(
        """

        ## The pools and their settings

        The same for all: 10 connections, a borrower waits 10 s at most, a connection that was quiet
        for 500 ms is validated before it is lent, a validation takes %d s at most, a quiet
        connection is pinged every 30 s (every 1 s in F5 and F8, if the pool can); in the URL
        `connectTimeout` 5 s, `socketTimeout` 5 s, `tcpKeepAlive`.

        | pool | the settings that carry this |
        |---|---|
        """
            .formatted(validation.toSeconds()));
    results.stream()
        .map(result -> LabPool.valueOf(result.cell().pool()))
        .distinct()
        .forEach(
            pool ->
                text.append("| ")
                    .append(pool.title())
                    .append(" | ")
                    .append(pool.settings())
                    .append(" |\n"));
  }
}
