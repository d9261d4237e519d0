package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every cell by itself: {@code faults-cells.md}, a table for each fault and database. */
public final class CellReport {
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

  private CellReport() {}

  /** The text. */
  public static String write(List<CellResult> results) {
    Map<String, List<CellResult>> tables =
        Order.sorted(results).stream()
            .filter(result -> result.skipped() == null)
            .collect(
                Collectors.groupingBy(
                    result -> title(result.cell()), LinkedHashMap::new, Collectors.toList()));
    StringBuilder text =
        new StringBuilder(
            """
            # Fault lab: every cell

            The [summary](faults.md) of these tables says what they are about. Milliseconds from the
            injection; of several rounds the median, and the worst behind a slash. `never`: not within
            the bound. `-`: does not apply, or the pool does not tell.

            """);
    tables.keySet().forEach(title -> text.append("* ").append(link(title)).append('\n'));
    String errors = ErrorTexts.table(results);
    if (!errors.isEmpty()) {
      text.append("* ").append(link("What callers were told")).append('\n');
    }
    tables.forEach((title, cells) -> table(text, title, cells));
    if (!errors.isEmpty()) {
      text.append(
              "\n## What callers were told\n\nN is any number. Of each cell and round the first")
          .append(" four different texts are known; a text counts once in each.\n\n")
          .append(errors);
    }
    return text.toString();
  }

  private static String title(Cell cell) {
    return cell.fault() + " " + cell.fault().title() + ", " + cell.database().title();
  }

  /** To a heading, as GitHub names them. */
  private static String link(String title) {
    String name = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "");
    return "[" + title + "](#" + name.replace(' ', '-') + ")";
  }

  private static void table(StringBuilder text, String title, List<CellResult> results) {
    Fault fault = results.get(0).cell().fault();
    boolean trickle = fault == Fault.F8;
    List<Rounds> rows = Rounds.of(results);
    List<Figure> columns =
        (trickle ? TRICKLE : RECOVERY)
            .stream()
                .filter(figure -> results.stream().anyMatch(each -> isMeant(figure, each.cell())))
                .filter(figure -> !isOptional(figure) || anyKnows(rows, figure))
                .toList();
    List<String> titles =
        new ArrayList<>(
            trickle
                ? List.of("killer", "encryption", "pool")
                : List.of("encryption", "load", "callers", "pool"));
    int words = titles.size();
    titles.add("rounds");
    columns.forEach(figure -> titles.add(figure.title()));
    text.append("\n## ").append(title).append("\n\n").append(Text.head(titles, words));
    rows.forEach(row -> text.append(Text.row(fields(row, columns))));
  }

  private static List<String> fields(Rounds row, List<Figure> columns) {
    Cell cell = row.cell();
    Killer killer = cell.killer();
    String encryption = cell.tls() ? "TLS" : "plain";
    List<String> fields = new ArrayList<>();
    if (killer == null) {
      fields.addAll(List.of(encryption, cell.load().toString(), "" + cell.callers()));
    } else {
      fields.addAll(List.of(killer.title(), encryption));
    }
    fields.add(LabPool.valueOf(cell.pool()).title());
    fields.add("" + row.size());
    if (row.size() == 0) {
      fields.add("not measured");
      columns.stream().skip(1).forEach(figure -> fields.add("-"));
    } else {
      columns.forEach(figure -> fields.add(value(row, figure)));
    }
    return fields;
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

  private static boolean anyKnows(List<Rounds> rows, Figure figure) {
    return rows.stream().anyMatch(row -> row.known(figure) > 0);
  }

  private static String value(Rounds row, Figure figure) {
    Optional<Double> median = row.median(figure);
    if (!isMeant(figure, row.cell())) {
      return "-";
    }
    if (median.isEmpty()) {
      boolean time =
          figure == Figure.FIRST
              || figure == Figure.FIRST_AFTER_ASK
              || figure == Figure.ALL
              || figure == Figure.ALL_AFTER_HEAL;
      int known = row.known(figure);
      return time ? known == 0 ? "never" : "never in " + (row.size() - known) : "-";
    }
    String middle = Text.number(median.get());
    String worst = Text.number(row.worst(figure).orElseThrow());
    return middle.equals(worst) ? middle : middle + " / " + worst;
  }
}
