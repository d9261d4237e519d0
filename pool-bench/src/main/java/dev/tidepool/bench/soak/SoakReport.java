package dev.tidepool.bench.soak;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The report in Markdown: what was done, the accounts, what is broken. */
final class SoakReport {
  private final StringBuilder text = new StringBuilder();

  private SoakReport() {}

  static String write(SoakPlan plan, Map<String, String> environment, List<SoakResult> results) {
    SoakReport report = new SoakReport();
    report.text.append(
        "# Soak: %d s, seed %d%n%n".formatted(plan.length().toSeconds(), plan.seed()));
    report.environment(environment);
    report.counts(results);
    results.forEach(report::accounts);
    return report.text.toString();
  }

  private void environment(Map<String, String> environment) {
    environment.forEach((name, value) -> line("* " + name + ": " + value));
    line("");
  }

  /** A row for each thing that was counted anywhere, in groups. */
  private void counts(List<SoakResult> results) {
    SortedSet<String> keys = new TreeSet<>();
    results.forEach(each -> keys.addAll(each.counts().keySet()));
    StringBuilder head = new StringBuilder("| | |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (SoakResult each : results) {
      head.append(' ').append(each.database().title()).append(" |");
      rule.append("---:|");
    }
    line(head.toString());
    line(rule.toString());
    String group = "";
    for (String key : keys) {
      String[] names = key.split("\t", 2);
      StringBuilder row = new StringBuilder("| " + (names[0].equals(group) ? "" : names[0]));
      group = names[0];
      row.append(" | ").append(names[1].replace("|", "\\|")).append(" |");
      for (SoakResult each : results) {
        row.append(' ').append(each.counts().getOrDefault(key, 0L)).append(" |");
      }
      line(row.toString());
    }
    line("");
  }

  private void accounts(SoakResult result) {
    line("## " + result.database().title());
    line("");
    if (result.skipped() != null) {
      line("Skipped: " + result.skipped());
      line("");
      return;
    }
    result.lines().forEach(each -> line("* " + each));
    line("");
    if (result.broken().isEmpty()) {
      line("Nothing is broken.");
    } else {
      line("**Broken:**");
      line("");
      result.broken().forEach(each -> line("* " + each));
      line("");
      line("What led to the first of them:");
      line("");
      line("```");
      result.events().forEach(this::line);
      line("```");
    }
    line("");
  }

  private void line(String one) {
    text.append(one).append('\n');
  }
}
