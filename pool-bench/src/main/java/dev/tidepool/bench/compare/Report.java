package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Samples as a table to read and as JSON to keep. */
final class Report {
  /** Ratios are relative to this one. */
  private static final Contender YARDSTICK = Contender.HIKARICP;

  private final Plan plan;
  private final Map<String, String> environment;
  private final List<Sample> samples;

  Report(Plan plan, Map<String, String> environment, List<Sample> samples) {
    this.plan = plan;
    this.environment = environment;
    this.samples = samples;
  }

  /** Medians over the rounds. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    environment.forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
    text.append(
        String.format(
            Locale.ROOT,
            "- medians of %d rounds, contenders in turns, %d ms each after %d ms of warm-up%n%n",
            plan.rounds(),
            plan.measureMillis(),
            plan.warmUpMillis()));
    text.append(
        "| scenario | contender | ns/op | lowest - highest | x HikariCP | CPU ns/op | x HikariCP | B/op |\n");
    text.append("|---|---|--:|--:|--:|--:|--:|--:|\n");
    for (Scenario scenario : plan.scenarios()) {
      for (Contender contender : plan.contenders()) {
        text.append(row(scenario, contender));
      }
    }
    return text.toString();
  }

  private String row(Scenario scenario, Contender contender) {
    double[] nanos = values(scenario, contender, Sample::nanos);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.1f | %.1f - %.1f | %s | %.1f | %s | %.1f |%n",
        scenario.title(),
        contender.name().toLowerCase(Locale.ROOT),
        median(nanos),
        Arrays.stream(nanos).min().orElseThrow(),
        Arrays.stream(nanos).max().orElseThrow(),
        ratioText(scenario, contender, Sample::nanos),
        median(values(scenario, contender, Sample::cpuNanos)),
        ratioText(scenario, contender, Sample::cpuNanos),
        median(values(scenario, contender, Sample::bytes)));
  }

  private String ratioText(
      Scenario scenario, Contender contender, ToDoubleFunction<Sample> measure) {
    return plan.contenders().contains(YARDSTICK)
        ? String.format(Locale.ROOT, "%.2f", ratio(scenario, contender, measure))
        : "-";
  }

  /** Median of the ratios within a round: what slowed the machine down in a round, slowed both. */
  double ratio(Scenario scenario, Contender contender, ToDoubleFunction<Sample> measure) {
    double[] mine = values(scenario, contender, measure);
    double[] others = values(scenario, YARDSTICK, measure);
    double[] ratios = new double[mine.length];
    Arrays.setAll(ratios, i -> mine[i] / others[i]);
    return median(ratios);
  }

  /** One value for each round, in their order. */
  private double[] values(
      Scenario scenario, Contender contender, ToDoubleFunction<Sample> measure) {
    return samples.stream()
        .filter(s -> s.scenario().equals(scenario) && s.contender() == contender)
        .mapToDouble(measure)
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** All samples and where they come from. */
  String json() {
    String facts =
        environment.entrySet().stream()
            .map(e -> "    " + quoted(e.getKey()) + ": " + quoted(e.getValue()))
            .collect(Collectors.joining(",\n"));
    String all = samples.stream().map(Report::json).collect(Collectors.joining(",\n"));
    return "{\n  \"environment\": {\n" + facts + "\n  },\n  \"samples\": [\n" + all + "\n  ]\n}\n";
  }

  private static String json(Sample sample) {
    return String.format(
        Locale.ROOT,
        "    {\"scenario\": %s, \"contender\": %s, \"round\": %d, \"nsPerOp\": %.3f,"
            + " \"cpuNsPerOp\": %.3f, \"bytesPerOp\": %.3f}",
        quoted(sample.scenario().title()),
        quoted(sample.contender().name()),
        sample.round(),
        sample.nanos(),
        sample.cpuNanos(),
        sample.bytes());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
