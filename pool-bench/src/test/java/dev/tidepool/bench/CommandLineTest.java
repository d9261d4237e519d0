package dev.tidepool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidepool.bench.compare.Plan;
import dev.tidepool.bench.compare.Scenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @Test
  void full_is_every_scenario_with_every_contender() {
    Plan plan = CommandLine.parse("full");
    assertThat(plan.scenarios()).isEqualTo(Catalogue.all());
    assertThat(plan.contenders()).containsExactly(Contender.values());
    assertThat(plan.fork()).isTrue();
    assertThat(plan.effort().scale()).isEqualTo(1);
  }

  @Test
  void quick_keeps_to_its_five_minutes() {
    Plan plan = CommandLine.parse("quick");
    long titles =
        plan.scenarios().stream()
            .flatMap(s -> s.variants().stream().map(v -> s.name() + ": " + v.label()))
            .filter(plan.only())
            .count();
    assertThat(titles).isEqualTo(6);
    long turns = titles * plan.contenders().size() * plan.rounds();
    Duration turn = plan.effort().warmUp().plus(plan.effort().measure()).plusMillis(1_500);
    assertThat(turn.multipliedBy(turns)).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void a_scenario_is_a_command() {
    Plan plan =
        CommandLine.parse("expiry", "--contenders", "tidepool,agroal-bare", "--rounds", "2");
    assertThat(plan.scenarios()).extracting(Scenario::name).containsExactly("expiry");
    assertThat(plan.contenders()).containsExactly(Contender.TIDEPOOL, Contender.AGROAL_BARE);
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
