package dev.tidepool.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was compared, area by area and database by database, as a page of Markdown. */
final class ConformanceReport {
  private final Map<String, Map<Database, Comparison>> rows = new LinkedHashMap<>();

  void add(Area area, Database database, Comparison comparison) {
    rows.computeIfAbsent(area.name(), name -> new EnumMap<>(Database.class))
        .put(database, comparison);
  }

  /** Whether each of so many areas was played on that database. */
  boolean isComplete(Database database, int areas) {
    return rows.values().stream().filter(row -> row.containsKey(database)).count() == areas;
  }

  /** The excuses that were needed on that database. */
  Set<Excuse> used(Database database) {
    Set<Excuse> used = new LinkedHashSet<>();
    rows.values().stream()
        .filter(row -> row.containsKey(database))
        .forEach(row -> used.addAll(row.get(database).used()));
    return used;
  }

  /** Writes the page; {@code products} are the databases with their drivers, as they name them. */
  void write(Path file, Map<Database, String> products) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# JDBC through Tidepool and through the bare driver");
    lines.add("");
    lines.add("Written by a test; [jdbc.md](jdbc.md) says what is compared, and how. Again with");
    lines.add("");
    lines.add("    mvn -pl pool-core test -Dtest=ConformanceTest");
    lines.add("    cp pool-core/target/conformance.md docs/conformance.md");
    lines.add("");
    products.values().forEach(product -> lines.add("* " + product));
    lines.add("");
    lines.add("Calls compared / the same / different as they are meant to be (reasons below):");
    lines.add("");
    table(lines);
    mistakes(lines);
    excuses(lines);
    refusals(lines);
    Files.write(file, lines);
  }

  private void table(List<String> lines) {
    StringBuilder head = new StringBuilder("| area |");
    StringBuilder rule = new StringBuilder("|---|");
    for (Database database : Database.values()) {
      head.append(' ').append(database.title()).append(" |");
      rule.append("---|");
    }
    lines.add(head.toString());
    lines.add(rule.toString());
    Map<Database, int[]> sums = new EnumMap<>(Database.class);
    rows.forEach(
        (area, row) -> {
          StringBuilder line = new StringBuilder("| " + area + " |");
          for (Database database : Database.values()) {
            line.append(' ').append(cell(row.get(database), sums, database)).append(" |");
          }
          lines.add(line.toString());
        });
    StringBuilder last = new StringBuilder("| **all** |");
    for (Database database : Database.values()) {
      last.append(' ').append(text(sums.getOrDefault(database, new int[3]))).append(" |");
    }
    lines.add(last.toString());
  }

  private static String cell(Comparison played, Map<Database, int[]> sums, Database database) {
    if (played == null) {
      return "not played";
    }
    int same = played.calls() - played.differences().size() - played.excused();
    int[] figures = {played.calls(), same, played.excused()};
    int[] sum = sums.computeIfAbsent(database, d -> new int[3]);
    for (int i = 0; i < figures.length; i++) {
      sum[i] += figures[i];
    }
    return text(figures);
  }

  private static String text(int[] figures) {
    return figures[0] + " / " + figures[1] + " / " + figures[2];
  }

  private void mistakes(List<String> lines) {
    rows.forEach(
        (area, row) ->
            row.forEach(
                (database, played) -> {
                  if (!played.differences().isEmpty()) {
                    lines.add("");
                    lines.add("## " + database.title() + ", " + area + ": differences");
                    lines.add("");
                    played.differences().forEach(difference -> lines.add("* " + difference));
                  }
                }));
  }

  private void excuses(List<String> lines) {
    lines.add("");
    lines.add("## Differences that are meant");
    lines.add("");
    for (Excuse excuse : Excuses.ALL) {
      String where =
          excuse.on().stream()
              .filter(database -> used(database).contains(excuse))
              .sorted()
              .map(Database::title)
              .collect(Collectors.joining(", "));
      if (!where.isEmpty()) {
        lines.add(
            "* " + where + ": " + excuse.probe() + ", `" + excuse.calls() + "`: " + excuse.why());
      }
    }
  }

  private void refusals(List<String> lines) {
    for (Database database : Database.values()) {
      list(
          lines,
          "Not supported by " + database.title() + "'s driver, and so not through the pool",
          database,
          Comparison::refusals);
    }
    for (Database database : Database.values()) {
      list(
          lines,
          "RuntimeExceptions of "
              + database.title()
              + "'s driver: unless the call only reads or sets what is at hand, the pool gives up"
              + " the session",
          database,
          Comparison::stumbles);
    }
  }

  /** Without the sweeps, which ask for everything there is. */
  private void list(
      List<String> lines,
      String title,
      Database database,
      Function<Comparison, Set<String>> question) {
    lines.add("");
    lines.add("## " + title);
    lines.add("");
    rows.forEach(
        (area, row) -> {
          Comparison played = row.get(database);
          if (played != null && !area.startsWith(Sweep.TITLE)) {
            question.apply(played).forEach(line -> lines.add("* " + area + ", " + line));
          }
        });
  }
}
