package dev.tidepool.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LabPlanTest {
  @Test
  void a_matrix_crosses_all_that_is_asked_for_and_keeps_compared_pools_together() {
    LabPlan plan =
        LabPlan.parse(
            "--faults",
            "F1,F3",
            "--pools",
            "TIDEPOOL,HIKARICP",
            "--databases",
            "POSTGRESQL",
            "--tls",
            "plain,tls",
            "--load",
            "idle,busy",
            "--callers",
            "1,8,32",
            "--rounds",
            "2");
    assertThat(plan.cells()).hasSize(2 * 2 * 2 * 2 * 3 * 2).doesNotHaveDuplicates();
    assertThat(plan.cells().get(0).scene()).isEqualTo(plan.cells().get(1).scene());
    assertThat(plan.cells().get(0).pool()).isNotEqualTo(plan.cells().get(1).pool());
  }

  @Test
  void without_options_every_fault_killer_and_pool_is_run() {
    LabPlan plan = LabPlan.parse();
    assertThat(plan.cells().stream().map(Cell::fault).distinct())
        .containsExactlyInAnyOrder(Fault.values());
    assertThat(plan.cells().stream().map(Cell::pool).distinct()).hasSize(LabPool.values().length);
    Set<Killer> killers =
        plan.cells().stream()
            .filter(cell -> cell.fault() == Fault.F8)
            .map(Cell::killer)
            .collect(Collectors.toSet());
    assertThat(killers).containsExactlyInAnyOrder(Killer.values());
    assertThat(plan.check()).isFalse();
    assertThat(plan.abreast()).as("figures for people are taken alone").isEqualTo(1);
  }

  @Test
  void a_killer_is_only_put_before_databases_it_can_stand_before() {
    LabPlan plan = LabPlan.parse("--faults", "F8", "--databases", "MARIADB");
    assertThat(plan.cells().stream().map(Cell::killer))
        .contains(Killer.WAIT_TIMEOUT, Killer.HAPROXY)
        .doesNotContain(Killer.IDLE_SESSION_TIMEOUT, Killer.PGBOUNCER_SESSION);
  }

  @Test
  void a_short_run_has_each_fault_and_the_promised_forms_of_F2_and_F3_and_checks() {
    LabPlan plan = LabPlan.parse("--short");
    assertThat(plan.check()).isTrue();
    assertThat(plan.strict()).isFalse();
    assertThat(plan.cells().stream().map(Cell::fault)).contains(Fault.values());
    assertThat(plan.cells().stream().map(Cell::pool).distinct()).containsExactly("TIDEPOOL");
    assertThat(plan.cells())
        .anyMatch(cell -> cell.fault() == Fault.F2 && cell.database() == Database.MARIADB)
        .anyMatch(cell -> cell.fault() == Fault.F3 && cell.database() == Database.MARIADB)
        .anyMatch(cell -> cell.fault() == Fault.F3 && cell.tls());
  }

  @Test
  void nonsense_is_answered_with_the_options() {
    assertThatThrownBy(() -> LabPlan.parse("--faults", "F9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("F9")
        .hasMessageContaining("--faults F1,F3");
    assertThatThrownBy(() -> LabPlan.parse("--callers", "0")).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> LabPlan.parse("--abreast", "0")).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> LabPlan.parse("--tls", "maybe")).hasMessageContaining("plain or tls");
    assertThatThrownBy(() -> LabPlan.parse("--rounds")).hasMessageContaining("takes a value");
    assertThatThrownBy(() -> LabPlan.parse("--colour", "blue"))
        .hasMessageContaining("no such option");
  }
}
