package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import dev.tidepool.bench.Promise;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Results to read. */
final class Markdown {
  private static final int ERROR_LENGTH = 160;

  private final StringBuilder text = new StringBuilder();

  private Markdown() {}

  static String of(Plan plan, Map<String, String> environment, List<Table> tables) {
    Markdown markdown = new Markdown();
    markdown.head(plan, environment);
    tables.forEach(markdown::section);
    markdown.promises(plan);
    return markdown.text.toString();
  }

  private void head(Plan plan, Map<String, String> environment) {
    text.append("# Benchmark results\n\n");
    environment.forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
    text.append(
        plan.fork()
            ? "- contenders in turns, each turn in a JVM of its own\n"
            : "- all in one JVM: a trial run, no result\n");
    text.append("- figures are medians of the rounds; ratios are medians of those within rounds\n");
  }

  private void section(Table table) {
    Plan.Part part = table.part();
    text.append("\n## " + part.scenario().name() + "\n\n" + part.scenario().summary() + "\n");
    text.append(
        "\nRounds: %d; warm-up %d ms, measurement %d ms%s.\n"
            .formatted(
                part.rounds(),
                part.effort().warmUp().toMillis(),
                part.effort().measure().toMillis(),
                part.effort().scale() < 1 ? "; scaled down to " + part.effort().scale() : ""));
    table.variants().forEach(variant -> variant(table, variant));
  }

  private void variant(Table table, String variant) {
    text.append("\n**" + variant + "**\n\n| contender |");
    int columns = 1;
    for (Figure figure : table.figures()) {
      text.append(" " + figure.title() + " |");
      columns++;
      if (isCompared(table, figure)) {
        text.append(" lowest - highest |");
        columns++;
        for (Contender yardstick : table.yardsticks()) {
          text.append(" x " + yardstick.shortTitle() + " |");
          columns++;
        }
      }
    }
    text.append("\n|---|" + "--:|".repeat(columns - 1) + "\n");
    table.contenders().forEach(contender -> row(table, variant, contender));
    table.contenders().forEach(contender -> errors(table, variant, contender));
  }

  private void row(Table table, String variant, Contender contender) {
    text.append("| " + contender.title() + " |");
    for (Figure figure : table.figures()) {
      text.append(" " + number(table.median(variant, contender, figure)) + " |");
      if (isCompared(table, figure)) {
        text.append(" " + range(table.values(variant, contender, figure).values()) + " |");
        for (Contender yardstick : table.yardsticks()) {
          text.append(" " + ratio(table.ratio(variant, contender, yardstick, figure)) + " |");
        }
      }
    }
    text.append("\n");
  }

  private static boolean isCompared(Table table, Figure figure) {
    return table.part().scenario().compared().contains(figure);
  }

  private void errors(Table table, String variant, Contender contender) {
    for (String error : table.errors(variant, contender)) {
      String line = error.replaceAll("\\s+", " ");
      text.append(
          "\n%s failed: %s\n"
              .formatted(
                  contender.title(), line.substring(0, Math.min(ERROR_LENGTH, line.length()))));
    }
  }

  private static String ratio(OptionalDouble ratio) {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-";
  }

  private static String range(Collection<Double> values) {
    return values.size() < 2
        ? "-"
        : number(Collections.min(values)) + " - " + number(Collections.max(values));
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "-";
  }

  /** Three or four digits that mean something. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f";
    return String.format(Locale.ROOT, size >= 10 && size < 100 ? "%.1f" : format, value)
        .replaceAll("\\.0$", "");
  }

  /** Contenders down, promises across: there are more of the former. */
  private void promises(Plan plan) {
    text.append("\n## What each contender was configured to promise\n\n| contender |");
    List<Promise> promises = Arrays.asList(Promise.values());
    promises.forEach(promise -> text.append(" " + promise.title() + " |"));
    text.append("\n|---|" + "---|".repeat(promises.size()) + "\n");
    for (Contender contender : Contender.values()) {
      if (plan.parts().stream().anyMatch(part -> part.contenders().contains(contender))) {
        text.append("| " + contender.title() + " | ");
        text.append(
            promises.stream()
                .map(promise -> Objects.requireNonNull(contender.settings().get(promise)))
                .collect(Collectors.joining(" | ")));
        text.append(" |\n");
      }
    }
  }
}
