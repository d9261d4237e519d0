package dev.tidepool.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.rig.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.io.TempDir;

/** Two minutes on each database, both at the same time; half an hour is for people. */
class SoakTest {
  @TempDir private Path dir;

  @Test
  @EnabledForJreRange(minVersion = 21, disabledReason = "half of its borrowers are virtual threads")
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void nothing_is_lost_and_nothing_is_leaked() throws Exception {
    Optional<String> unavailable = Rig.unavailable();
    unavailable.ifPresent(reason -> System.out.println("SKIPPED SoakTest: " + reason));
    Assumptions.assumeTrue(unavailable.isEmpty(), () -> "soak: " + unavailable.orElse(""));

    SoakPlan plan = SoakPlan.parse("--seconds", "120", "--out", dir.toString());

    assertThat(Soak.run(plan, System.out))
        .allSatisfy(
            result -> {
              assertThat(result.broken()).as(result.database().title()).isEmpty();
              if (result.skipped() == null) {
                assertThat(result.counts().get("borrows\tborrowed")).isGreaterThan(100);
              }
            });
    assertThat(Files.readString(dir.resolve("soak.md"))).contains("# Soak: 120 s");
  }
}
