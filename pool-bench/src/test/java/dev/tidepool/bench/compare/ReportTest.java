package dev.tidepool.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidepool.bench.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Plan plan = Plan.parse("--rounds", "3", "--only", "acquire 1 thread");
  private final Scenario scenario = plan.scenarios().get(0);

  @Test
  void ratio_is_the_median_within_rounds_so_a_slow_round_counts_for_both() {
    assertThat(report().ratio(scenario, Contender.TIDEPOOL, Sample::nanos))
        .isEqualTo(0.5, Offset.offset(1e-9));
  }

  @Test
  void markdown_has_a_row_for_each_contender() {
    assertThat(report().markdown())
        .contains("- processor: P\n")
        .contains(
            "| acquire 1 thread, pool 32 | tidepool | 50.0 | 40.0 - 500.0 | 0.50 | 30.0 | 0.75 | 48.0 |")
        .contains(
            "| acquire 1 thread, pool 32 | hikaricp | 100.0 | 80.0 - 1000.0 | 1.00 | 40.0 | 1.00 | 56.0 |");
  }

  @Test
  void json_has_every_sample() {
    assertThat(report().json())
        .contains("\"processor\": \"P\"")
        .contains("\"contender\": \"TIDEPOOL\", \"round\": 3, \"nsPerOp\": 50.000")
        .containsOnlyOnce("\"nsPerOp\": 1000.000");
  }

  @Test
  void plan_refuses_what_it_does_not_know() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Plan.parse("--pool", "32"))
        .withMessageContaining("not understood: --pool");
    assertThatIllegalArgumentException().isThrownBy(() -> Plan.parse("--rounds", "0"));
    assertThatIllegalArgumentException().isThrownBy(() -> Plan.parse("--rounds"));
  }

  private Report report() {
    List<Sample> samples = new ArrayList<>();
    add(samples, 1, 40, 80);
    add(samples, 2, 500, 1000);
    add(samples, 3, 50, 100);
    return new Report(plan, Map.of("processor", "P"), samples);
  }

  private void add(List<Sample> samples, int round, double tidepool, double hikari) {
    samples.add(new Sample(scenario, Contender.TIDEPOOL, round, tidepool, 30, 48));
    samples.add(new Sample(scenario, Contender.HIKARICP, round, hikari, 40, 56));
  }
}
