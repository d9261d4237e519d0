package dev.tidepool.bench.soak;

import dev.tidepool.bench.compare.Environment;
import dev.tidepool.bench.faults.rig.Rig;
import dev.tidepool.bench.faults.rig.RigException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Soaks one pool for each database, all at the same time, and writes {@code soak.md}. It takes root
 * on Linux; without, all is skipped with the reason.
 */
public final class Soak {
  private Soak() {}

  /** Runs the plan; what is broken is in the results. */
  public static List<SoakResult> run(SoakPlan plan, PrintStream out) throws IOException {
    out.printf(
        "soak: %s, %d s, seed %d; the same again: soak --seconds %d --seed %d%n",
        plan.databases(),
        plan.length().toSeconds(),
        plan.seed(),
        plan.length().toSeconds(),
        plan.seed());
    Files.createDirectories(plan.out());
    List<SoakResult> results = results(plan);
    String report = SoakReport.write(plan, Environment.describe(), results);
    Path file = plan.out().resolve("soak.md");
    Files.writeString(file, report);
    out.println();
    out.print(report);
    out.println("logs and this report: " + plan.out());
    return results;
  }

  private static List<SoakResult> results(SoakPlan plan) throws IOException {
    Optional<String> unavailable = Rig.unavailable();
    if (unavailable.isPresent()) {
      return plan.databases().stream()
          .map(each -> SoakResult.skipped(each, unavailable.get()))
          .toList();
    }
    ExecutorService lanes = Executors.newFixedThreadPool(plan.databases().size());
    try {
      List<Future<SoakResult>> running =
          plan.databases().stream()
              .map(each -> lanes.submit(() -> new SoakRun(plan, each).run()))
              .toList();
      List<SoakResult> results = new ArrayList<>();
      for (Future<SoakResult> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigException("interrupted while soaking");
    } finally {
      lanes.shutdownNow();
    }
  }
}
