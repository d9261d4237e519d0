package dev.tidepool.bench;

import dev.tidepool.bench.compare.Comparison;
import dev.tidepool.bench.compare.Plan;
import dev.tidepool.bench.faults.FaultLab;
import dev.tidepool.bench.faults.LabPlan;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.soak.Soak;
import dev.tidepool.bench.soak.SoakPlan;
import dev.tidepool.bench.soak.SoakResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What {@code java -jar benchmarks.jar} runs: comparisons of the contenders, see {@link
 * CommandLine}; {@code faults} runs them through faults, see {@link LabPlan#USAGE}; {@code soak}
 * uses Tidepool for long, see {@link SoakPlan#USAGE}; anything else goes to JMH as it is.
 */
public final class Main {
  private static final Set<String> HELP = Set.of("help", "--help");

  private Main() {}

  /** Runs what the arguments say. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || HELP.contains(args[0])) {
      System.out.print(CommandLine.usage());
    } else if (CommandLine.isComparison(args[0])) {
      compare(args);
    } else if (args[0].equals("faults")) {
      faults(Arrays.copyOfRange(args, 1, args.length));
    } else if (args[0].equals("soak")) {
      soak(Arrays.copyOfRange(args, 1, args.length));
    } else {
      org.openjdk.jmh.Main.main(args);
    }
  }

  private static void compare(String[] args) throws IOException {
    Plan plan;
    try {
      plan = CommandLine.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Comparison.run(plan, System.out);
    // Without forks some pools leave threads behind that would keep this JVM alive.
    System.exit(0);
  }

  private static void soak(String[] options) throws IOException {
    SoakPlan plan;
    try {
      plan = SoakPlan.parse(options);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    List<SoakResult> results = Soak.run(plan, System.out);
    if (results.stream().anyMatch(each -> !each.broken().isEmpty())) {
      System.exit(1);
    }
  }

  private static void faults(String[] options) throws IOException {
    LabPlan plan;
    try {
      plan = LabPlan.parse(options);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    List<CellResult> results =
        plan.merge().isEmpty() ? FaultLab.run(plan, System.out) : FaultLab.merge(plan, System.out);
    List<String> broken = FaultLab.broken(plan, results);
    if (!broken.isEmpty()) {
      broken.forEach(System.err::println);
      System.exit(1);
    }
  }
}
