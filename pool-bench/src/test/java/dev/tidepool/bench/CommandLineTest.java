package dev.tidepool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidepool.bench.compare.Plan;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @Test
  void full_is_every_scenario_with_every_contender_on_two_jdks_in_90_minutes() {
    Plan plan = CommandLine.parse("full");
    assertThat(plan.parts()).extracting(Plan.Part::scenario).isEqualTo(Catalogue.all());
    assertThat(plan.parts())
        .allSatisfy(
            part -> {
              assertThat(part.variants()).isNotEmpty();
              assertThat(part.contenders()).filteredOn(c -> !c.isVariation()).hasSize(8);
              assertThat(part.effort().scale()).isEqualTo(1);
            });
    assertThat(plan.parts().get(0).contenders()).containsExactly(Contender.values());
    assertThat(plan.fork()).isTrue();
    assertThat(plan.expected()).isLessThan(Duration.ofMinutes(50));
  }

  @Test
  void quick_keeps_to_its_five_minutes() {
    Plan plan = CommandLine.parse("quick");
    assertThat(plan.parts()).hasSize(4);
    assertThat(plan.parts().get(0).variants()).hasSize(2);
    assertThat(plan.expected()).isLessThan(Duration.ofMinutes(4));
  }

  @Test
  void a_scenario_is_a_command() {
    Plan plan =
        CommandLine.parse(
            "expiry", "--contenders", "tidepool,agroal-bare", "--rounds", "2", "--out", "here");
    assertThat(plan.parts()).hasSize(1);
    Plan.Part part = plan.parts().get(0);
    assertThat(part.scenario().name()).isEqualTo("expiry");
    assertThat(part.contenders()).containsExactly(Contender.TIDEPOOL, Contender.AGROAL_BARE);
    assertThat(plan.turns()).isEqualTo(4);
    assertThat(plan.command()).isEqualTo("expiry --contenders tidepool,agroal-bare --rounds 2");
    assertThat(CommandLine.isComparison("expiry")).isTrue();
    assertThat(CommandLine.isComparison("-prof")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "--pool, 32, no such option: --pool",
    "--rounds, 0, --rounds 0 must be",
    "--rounds, , --rounds takes a value",
    "--contenders, bonecp, no contender bonecp",
    "--only, (, --only Unclosed group",
    "--only, 3 threads, nothing fits --only 3 threads",
    "--scale, 2, --scale 2 must be",
    "--fork, maybe, --fork maybe must be",
  })
  void nonsense_is_answered_with_the_options(String option, String value, String answer) {
    String[] args =
        value == null ? new String[] {"quick", option} : new String[] {"quick", option, value};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CommandLine.parse(args))
        .withMessageContaining(answer)
        .withMessageContaining("--measure MILLIS");
  }
}
