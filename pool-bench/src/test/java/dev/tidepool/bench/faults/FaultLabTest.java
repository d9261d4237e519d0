package dev.tidepool.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.rig.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short matrix on real servers, most of a minute on JDK 17. */
class FaultLabTest {
  @TempDir private Path dir;

  @Test
  @Timeout(value = 7, unit = TimeUnit.MINUTES)
  void tidepool_keeps_its_enforced_promises_under_every_fault() throws Exception {
    Optional<String> unavailable = Rig.unavailable();
    unavailable.ifPresent(reason -> System.out.println("SKIPPED FaultLabTest: " + reason));
    Assumptions.assumeTrue(unavailable.isEmpty(), () -> "fault lab: " + unavailable.orElse(""));
    // Every fault on the oldest JDK; on others the one that is most up to the JDK's sockets.
    String faults = Runtime.version().feature() == 17 ? "F1,F2,F3,F4,F5,F6,F7,F8" : "F3";
    // Almost all of a cell is waiting, and what is enforced has room for what else it meets.
    LabPlan plan =
        LabPlan.parse("--short", "--faults", faults, "--abreast", "4", "--out", dir.toString());

    List<CellResult> results = FaultLab.run(plan, System.out);

    assertThat(results).extracting(CellResult::cell).containsExactlyElementsOf(plan.cells());
    assertThat(FaultLab.broken(plan, results)).isEmpty();
    assertThat(dir.resolve("faults.json")).isNotEmptyFile();
    assertThat(Files.readString(dir.resolve("faults.md"))).contains("cells at the same time");
    assertThat(Files.readString(dir.resolve("faults.svg"))).contains("Tidepool");
  }
}
