package dev.tidepool.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.bench.faults.model.Database;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SoakPlanTest {
  @Test
  void a_full_run_takes_half_an_hour_on_both_databases() {
    SoakPlan plan = SoakPlan.parse();
    assertThat(plan.length()).isEqualTo(Duration.ofMinutes(30));
    assertThat(plan.databases()).containsExactly(Database.values());
  }

  @Test
  void options_are_read() {
    SoakPlan plan = SoakPlan.parse("--minutes", "2", "--seed", "7", "--databases", "mariadb");
    assertThat(plan.length()).isEqualTo(Duration.ofMinutes(2));
    assertThat(plan.seed()).isEqualTo(7);
    assertThat(plan.databases()).containsExactly(Database.MARIADB);
  }

  @Test
  void what_means_nothing_is_refused_with_the_usage() {
    for (String[] args :
        new String[][] {{"--minutes"}, {"--minutes", "0"}, {"--hours", "1"}, {"--seed", "x"}}) {
      assertThatThrownBy(() -> SoakPlan.parse(args))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(args[0])
          .hasMessageContaining(SoakPlan.USAGE);
    }
  }
}
