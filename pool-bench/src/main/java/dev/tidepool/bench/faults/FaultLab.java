package dev.tidepool.bench.faults;

import dev.tidepool.bench.compare.Environment;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.report.CellReport;
import dev.tidepool.bench.faults.report.JsonFile;
import dev.tidepool.bench.faults.report.Merge;
import dev.tidepool.bench.faults.report.Promise;
import dev.tidepool.bench.faults.report.Promises;
import dev.tidepool.bench.faults.report.SummaryReport;
import dev.tidepool.bench.faults.report.SvgPlot;
import dev.tidepool.bench.faults.rig.Rig;
import dev.tidepool.bench.faults.rig.RigException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs pools through faults and writes what came of it: {@code faults.md} with a summary, {@code
 * faults-cells.md} with every cell, {@code faults.svg} and {@code faults.json}. It takes root on
 * Linux; without, every cell is skipped with the reason.
 */
public final class FaultLab {
  private final LabPlan plan;
  private final PrintStream out;
  private final Map<String, String> environment;

  /** By their places in the plan. */
  private final SortedMap<Integer, CellResult> results = new TreeMap<>();

  private FaultLab(LabPlan plan, PrintStream out, Map<String, String> environment) {
    this.plan = plan;
    this.out = out;
    this.environment = environment;
  }

  /**
   * Runs the plan.
   *
   * @return what came of each cell, in the order of the plan
   */
  public static List<CellResult> run(LabPlan plan, PrintStream out) throws IOException {
    Map<String, String> environment = Environment.describe();
    if (plan.abreast() > 1) {
      environment.put("cells at the same time", Integer.toString(plan.abreast()));
    }
    FaultLab lab = new FaultLab(plan, out, environment);
    Path logs = Files.createDirectories(plan.out().resolve("logs"));
    lab.runAll(logs);
    List<CellResult> results = lab.results();
    report(plan, out, environment, results);
    return results;
  }

  /**
   * Writes one report of several earlier runs, and their results into one file.
   *
   * @throws IOException also if what is to be merged is no result of the lab
   */
  public static List<CellResult> merge(LabPlan plan, PrintStream out) throws IOException {
    Files.createDirectories(plan.out());
    List<Map<String, String>> machines = new ArrayList<>();
    List<List<CellResult>> runs = new ArrayList<>();
    for (Path run : plan.merge()) {
      JsonFile file = JsonFile.read(run.resolve("faults.json"));
      machines.add(file.environment());
      runs.add(file.results());
    }
    Map<String, String> environment = Merge.environments(machines);
    List<CellResult> results = Merge.of(runs);
    new JsonFile(environment, results).write(plan.out().resolve("faults.json"));
    report(plan, out, environment, results);
    return results;
  }

  private static void report(
      LabPlan plan, PrintStream out, Map<String, String> environment, List<CellResult> results)
      throws IOException {
    Promises promises = Promises.load();
    String summary = new SummaryReport(environment, promises, plan.validation()).write(results);
    Files.writeString(plan.out().resolve("faults.md"), summary);
    Files.writeString(plan.out().resolve("faults-cells.md"), CellReport.write(results));
    Files.writeString(plan.out().resolve("faults.svg"), new SvgPlot(results).write());
    out.println();
    out.print(summary);
  }

  /** What the run breaks of the plan's promises; empty if the plan checks none. */
  public static List<String> broken(LabPlan plan, List<CellResult> results) throws IOException {
    if (!plan.check()) {
      return List.of();
    }
    return Promises.load().broken(results).stream()
        .filter(broken -> plan.strict() || broken.promise().enforced())
        .map(Promise.Broken::describe)
        .toList();
  }

  private void runAll(Path logs) throws IOException {
    Optional<String> unavailable = Rig.unavailable();
    if (unavailable.isPresent()) {
      skipAll(unavailable.get());
      return;
    }
    Rigs rigs;
    try {
      rigs = Rigs.create(Math.min(plan.abreast(), plan.cells().size()));
    } catch (RigException e) {
      skipAll("no network namespaces: " + e.oneLine());
      return;
    }
    try (rigs) {
      Lanes.run(
          rigs.all(),
          order(),
          (rig, place) -> add(place, new CellRunner(rig, plan, logs).run(plan.cells().get(place))));
    }
  }

  /** Places in the plan. Of cells side by side the longest first, or one would end alone. */
  private List<Integer> order() {
    Stream<Integer> places = IntStream.range(0, plan.cells().size()).boxed();
    if (plan.abreast() > 1) {
      Comparator<Fault> longest =
          Comparator.comparing(Fault::measuresRecovery)
              .thenComparing(Fault::outage, Comparator.reverseOrder());
      places =
          places.sorted(Comparator.comparing(place -> plan.cells().get(place).fault(), longest));
    }
    return places.toList();
  }

  private void skipAll(String reason) throws IOException {
    for (int place : order()) {
      add(place, CellResult.skipped(plan.cells().get(place), reason));
    }
  }

  private synchronized List<CellResult> results() {
    return List.copyOf(results.values());
  }

  private synchronized void add(int place, CellResult result) throws IOException {
    results.put(place, result);
    // After each, for a run of hours that somebody ends.
    new JsonFile(environment, results()).write(plan.out().resolve("faults.json"));
    out.printf(
        Locale.ROOT,
        "%d/%d  %s, round %d: %s%n",
        results.size(),
        plan.cells().size(),
        result.cell(),
        result.cell().round(),
        summary(result));
  }

  private static String summary(CellResult result) {
    if (result.skipped() != null) {
      return "skipped: " + result.skipped();
    }
    Optional<String> failure = result.failure();
    if (failure.isPresent()) {
      return "not measured: " + failure.get();
    }
    String before = result.firstAttempt();
    StringBuilder text =
        new StringBuilder(before == null ? "" : "second attempt, before it: " + before + "; ");
    for (Figure figure :
        List.of(
            Figure.DETECT,
            Figure.FIRST,
            Figure.ALL,
            Figure.FAILED_BORROWS,
            Figure.FAILED_QUERIES,
            Figure.LONGEST_BORROW,
            Figure.STUCK,
            Figure.SLOTS_LOST)) {
      result
          .figure(figure)
          .ifPresent(
              value ->
                  text.append(figure.title()).append(' ').append(Math.round(value)).append("; "));
    }
    return text.toString();
  }
}
