package dev.tidepool.examples.faults;

import dev.tidepool.bench.faults.FaultLab;
import dev.tidepool.bench.faults.LabPlan;
import dev.tidepool.bench.faults.model.CellResult;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Runs a few cells of the fault lab, or those that the arguments ask for. */
public final class FaultLabDemo {
  /** About a minute: killed, dropped, cut off, demoted; each plain and over TLS. */
  private static final String[] A_MINUTE = {
    "--faults", "F2,F3,F4,F6",
    "--pools", "TIDEPOOL",
    "--databases", "POSTGRESQL",
    "--load", "idle",
    "--callers", "8",
    "--bound", "30",
    "--out", "examples/fault-lab/target/lab"
  };

  private FaultLabDemo() {}

  /** Takes the options of the lab; without any it runs for about a minute. */
  public static void main(String[] args) throws IOException {
    run(System.out, args);
  }

  static List<CellResult> run(PrintStream out, String... args) throws IOException {
    LabPlan plan = LabPlan.parse(args.length == 0 ? A_MINUTE : args);
    List<CellResult> results = FaultLab.run(plan, out);
    out.println("The same as files, and a plot: " + plan.out().toAbsolutePath());
    return results;
  }
}
