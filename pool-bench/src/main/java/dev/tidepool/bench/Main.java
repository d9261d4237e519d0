package dev.tidepool.bench;

import dev.tidepool.bench.compare.Comparison;
import dev.tidepool.bench.compare.Plan;
import dev.tidepool.bench.faults.FaultLab;
import dev.tidepool.bench.faults.LabPlan;
import dev.tidepool.bench.faults.model.CellResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code java -jar benchmarks.jar} runs: {@code quick} compares the contenders in turns, see
 * {@link Plan#USAGE}; {@code faults} runs them through faults, see {@link LabPlan#USAGE}; anything
 * else goes to JMH as it is.
 */
public final class Main {
  private Main() {}

  /** Runs what the arguments say. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("quick")) {
      Comparison.run(Plan.parse(Arrays.copyOfRange(args, 1, args.length)));
    } else if (args.length > 0 && args[0].equals("faults")) {
      faults(Arrays.copyOfRange(args, 1, args.length));
    } else {
      org.openjdk.jmh.Main.main(args);
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
