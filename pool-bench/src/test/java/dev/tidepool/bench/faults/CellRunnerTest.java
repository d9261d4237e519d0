package dev.tidepool.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Load;
import dev.tidepool.bench.faults.rig.RigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CellRunnerTest {
  private static final Cell CELL =
      new Cell(Fault.F5, null, "AGROAL", Database.POSTGRESQL, true, Load.IDLE, 8, 1);
  private static final CellResult MEASURED =
      new CellResult(CELL, Map.of(Figure.FIRST, 1.0), List.of(), null);

  private final List<String> attempts = new ArrayList<>();

  /** Fails to start so many times. */
  private CellResult runFailing(int times) {
    return CellRunner.twice(
        CELL,
        suffix -> {
          attempts.add(suffix);
          if (attempts.size() <= times) {
            throw new CellRunner.NotStartedException(new RigException("hung " + attempts.size()));
          }
          return MEASURED;
        });
  }

  @Test
  void a_cell_that_starts_is_run_once() {
    assertThat(runFailing(0)).isEqualTo(MEASURED);
    assertThat(attempts).containsExactly("");
  }

  @Test
  void a_cell_that_could_not_be_started_is_tried_once_again_and_told_so() {
    assertThat(runFailing(1)).isEqualTo(MEASURED.after("hung 1"));
    assertThat(attempts).containsExactly("", "-again");
  }

  @Test
  void a_cell_that_cannot_be_started_twice_is_not_measured() {
    CellResult result = runFailing(2);
    assertThat(result.isMeasured()).isFalse();
    assertThat(result.failure()).contains("hung 2");
    assertThat(result.firstAttempt()).isEqualTo("hung 1");
    assertThat(attempts).hasSize(2);
  }
}
