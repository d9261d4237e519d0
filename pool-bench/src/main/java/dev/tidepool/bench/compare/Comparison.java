package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Gives each contender its turn in each scenario, round after round. Turns that are compared follow
 * each other at once, in an order that changes with each round, so that what else the machine does
 * meets all of them alike. Each turn is a JVM of its own: in a shared one, the second pool would
 * make the driver's and the first pool's calls polymorphic.
 */
public final class Comparison {
  private static final int ITERATIONS = 4;

  private final Plan plan;
  private final PrintStream out;
  private final List<Sample> samples = new ArrayList<>();

  private Comparison(Plan plan, PrintStream out) {
    this.plan = plan;
    this.out = out;
  }

  /**
   * Runs the plan, prints a table and writes all samples to the file of the plan.
   *
   * @throws RunnerException if a benchmark fails
   */
  public static void run(Plan plan) throws RunnerException, IOException {
    Map<String, String> environment = Environment.describe();
    Comparison comparison = new Comparison(plan, System.out);
    comparison.runAll();
    Report report = new Report(plan, environment, comparison.samples);
    comparison.out.println();
    comparison.out.print(report.markdown());
    if (plan.json().getParent() != null) {
      Files.createDirectories(plan.json().getParent());
    }
    Files.writeString(plan.json(), report.json());
  }

  private void runAll() throws RunnerException {
    for (int round = 1; round <= plan.rounds(); round++) {
      List<Contender> order = new ArrayList<>(plan.contenders());
      Collections.rotate(order, round);
      for (Scenario scenario : plan.scenarios()) {
        for (Contender contender : order) {
          turn(scenario, contender, round);
        }
      }
    }
  }

  private void turn(Scenario scenario, Contender contender, int round) throws RunnerException {
    RunResult result = new Runner(options(scenario, contender)).runSingle();
    Sample sample =
        new Sample(
            scenario,
            contender,
            round,
            result.getPrimaryResult().getScore(),
            secondary(result, CpuProfiler.LABEL),
            secondary(result, "gc.alloc.rate.norm"));
    samples.add(sample);
    out.printf(
        "round %d/%d  %-32s %-9s %8.1f ns %8.1f ns CPU %6.1f B%n",
        round,
        plan.rounds(),
        scenario.title(),
        contender,
        sample.nanos(),
        sample.cpuNanos(),
        sample.bytes());
  }

  private Options options(Scenario scenario, Contender contender) {
    return new OptionsBuilder()
        .include(scenario.include())
        .param("contender", contender.name())
        .param("poolSize", Integer.toString(scenario.poolSize()))
        .forks(1)
        .warmupIterations(ITERATIONS)
        .warmupTime(TimeValue.milliseconds(Math.max(1, plan.warmUpMillis() / ITERATIONS)))
        .measurementIterations(ITERATIONS)
        .measurementTime(TimeValue.milliseconds(Math.max(1, plan.measureMillis() / ITERATIONS)))
        .addProfiler(GCProfiler.class)
        .addProfiler(CpuProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private static double secondary(RunResult result, String label) {
    // By its ending: JMH has changed what stands before its own labels.
    String key =
        result.getSecondaryResults().keySet().stream()
            .filter(name -> name.endsWith(label))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("JMH did not report " + label));
    return Objects.requireNonNull(result.getSecondaryResults().get(key)).getScore();
  }
}
