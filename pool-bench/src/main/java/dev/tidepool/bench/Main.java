package dev.tidepool.bench;

import dev.tidepool.bench.compare.Comparison;
import dev.tidepool.bench.compare.Plan;
import java.util.Arrays;

/**
 * What {@code java -jar benchmarks.jar} runs: {@code quick} compares the contenders in turns, see
 * {@link Plan#USAGE}; anything else goes to JMH as it is.
 */
public final class Main {
  private Main() {}

  /** Runs what the arguments say. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("quick")) {
      Comparison.run(Plan.parse(Arrays.copyOfRange(args, 1, args.length)));
    } else {
      org.openjdk.jmh.Main.main(args);
    }
  }
}
