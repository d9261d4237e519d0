package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import dev.tidepool.bench.Promise;
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

  private final Plan plan;
  private final StringBuilder text = new StringBuilder();

  private Markdown(Plan plan) {
    this.plan = plan;
  }

  static String of(Plan plan, Map<String, String> environment, List<Table> tables) {
    Markdown markdown = new Markdown(plan);
    markdown.head(environment);
    tables.forEach(markdown::section);
    markdown.promises();
    return markdown.text.toString();
  }

  private void head(Map<String, String> environment) {
    text.append("# Benchmark results\n\n");
    environment.forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
    text.append(
        "- medians of %d rounds, contenders in turns, %d ms each after %d ms of warm-up%s\n"
            .formatted(
                plan.rounds(),
                plan.effort().measure().toMillis(),
                plan.effort().warmUp().toMillis(),
                plan.fork() ? "" : "; all in one JVM: a trial run, no result"));
  }

  private void section(Table table) {
    Scenario scenario = table.scenario();
    text.append("\n## " + scenario.name() + "\n\n" + scenario.summary() + "\n");
    for (String variant : table.variants()) {
      text.append("\n**" + variant + "**\n\n| contender |");
      List<Figure> figures = table.figures();
      for (Figure figure : figures) {
        text.append(" " + figure.title() + " |");
        if (figure == scenario.main()) {
          text.append(" lowest - highest | x HikariCP |");
        }
      }
      text.append("\n|---|" + "--:|".repeat(figures.size() + 2) + "\n");
      for (Contender contender : table.contenders()) {
        row(table, variant, contender, figures);
      }
    }
  }

  private void row(Table table, String variant, Contender contender, List<Figure> figures) {
    text.append("| " + contender.title() + " |");
    for (Figure figure : figures) {
      text.append(" " + number(table.median(variant, contender, figure)) + " |");
      if (figure == table.scenario().main()) {
        text.append(" " + range(table.values(variant, contender, figure).values()) + " |");
        text.append(" " + ratio(table, variant, contender) + " |");
      }
    }
    text.append("\n");
    for (String error : table.errors(variant, contender)) {
      String line = error.replaceAll("[|\\s]+", " ");
      text.append("| failed: " + line.substring(0, Math.min(ERROR_LENGTH, line.length())) + " |\n");
    }
  }

  private static String ratio(Table table, String variant, Contender contender) {
    OptionalDouble ratio = table.ratio(variant, contender);
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-";
  }

  private static String range(Collection<Double> values) {
    return values.isEmpty()
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

  private void promises() {
    text.append("\n## What each contender was configured to promise\n\n| promise |");
    plan.contenders().forEach(contender -> text.append(" " + contender.title() + " |"));
    text.append("\n|---|" + "---|".repeat(plan.contenders().size()) + "\n");
    for (Promise promise : Promise.values()) {
      text.append("| " + promise.title() + " | ");
      text.append(
          plan.contenders().stream()
              .map(contender -> Objects.requireNonNull(contender.settings().get(promise)))
              .collect(Collectors.joining(" | ")));
      text.append(" |\n");
    }
  }
}
