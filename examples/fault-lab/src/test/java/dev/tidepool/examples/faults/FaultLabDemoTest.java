package dev.tidepool.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.io.TempDir;

@DisabledForJreRange(minVersion = 21, disabledReason = "the same program as on JDK 17")
class FaultLabDemoTest {
  @TempDir private Path dir;

  @Test
  void it_prints_a_table_or_says_why_it_cannot() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    List<CellResult> results;
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      results =
          FaultLabDemo.run(
              out,
              "--faults",
              "F2",
              "--pools",
              "TIDEPOOL",
              "--databases",
              "POSTGRESQL",
              "--tls",
              "plain",
              "--load",
              "idle",
              "--callers",
              "2",
              "--out",
              dir.toString());
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    CellResult result = results.get(0);
    assertThat(results).hasSize(1);
    if (result.skipped() == null) {
      assertThat(text).contains("| Tidepool |");
      assertThat(result.figure(Figure.FAILED_BORROWS)).hasValue(0);
      assertThat(result.figure(Figure.SLOTS_LOST)).hasValue(0);
    } else {
      System.out.println("SKIPPED FaultLabDemoTest: " + result.skipped());
      assertThat(text).contains("## Skipped").contains(result.skipped());
    }
  }
}
