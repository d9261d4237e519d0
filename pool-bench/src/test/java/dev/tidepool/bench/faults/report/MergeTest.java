package dev.tidepool.bench.faults.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Load;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeTest {
  private static Cell cell(String pool, int round) {
    return new Cell(Fault.F3, null, pool, Database.POSTGRESQL, true, Load.IDLE, 8, round);
  }

  private static CellResult measured(int round, double all) {
    return new CellResult(
        cell("AGROAL", round), Map.of(Figure.FIRST, 1.0, Figure.ALL, all), List.of(), null);
  }

  private static CellResult failed(int round) {
    return CellResult.notMeasured(cell("AGROAL", round), "8 connections could not be opened");
  }

  @Test
  void rounds_of_several_runs_are_numbered_anew_so_that_medians_are_over_all() {
    List<CellResult> merged =
        Merge.of(
            List.of(
                List.of(measured(1, 10), measured(2, 20)),
                List.of(measured(1, 30)),
                List.of(measured(1, 40), measured(3, 60))));
    assertThat(merged).extracting(each -> each.cell().round()).containsExactly(1, 2, 3, 4, 5);
    assertThat(Tally.of(merged).all()).isEqualTo(30);
  }

  @Test
  void a_round_that_failed_gives_way_to_the_same_round_measured_elsewhere() {
    for (List<List<CellResult>> runs :
        List.of(
            List.of(List.of(failed(1)), List.of(measured(1, 10))),
            List.of(List.of(measured(1, 10)), List.of(failed(1))))) {
      assertThat(Merge.of(runs))
          .singleElement()
          .isEqualTo(measured(1, 10).after("8 connections could not be opened"));
    }
  }

  @Test
  void a_round_that_failed_is_told_of_once_however_many_replace_it() {
    List<CellResult> merged =
        Merge.of(List.of(List.of(failed(1)), List.of(measured(1, 10)), List.of(measured(1, 20))));
    assertThat(merged)
        .extracting(CellResult::firstAttempt)
        .containsExactly("8 connections could not be opened", null);
  }

  @Test
  void machines_have_a_value_or_its_range_and_numbers_are_no_text() {
    assertThat(
            Merge.environments(
                List.of(
                    Map.of("load", "9.91", "JVM", "17"),
                    Map.of("load", "14.2", "JVM", "17"),
                    Map.of("load", "0.07", "JVM", "17"))))
        .containsOnly(Map.entry("load", "0.07 to 14.2"), Map.entry("JVM", "17"));
  }

  @Test
  void a_round_that_failed_stays_where_only_other_rounds_or_cells_were_measured() {
    CellResult other =
        new CellResult(cell("TIDEPOOL", 1), Map.of(Figure.ALL, 5.0), List.of(), null);
    List<CellResult> merged =
        Merge.of(List.of(List.of(measured(1, 10), failed(2)), List.of(other)));
    assertThat(merged).containsExactly(other, measured(1, 10), failed(2));
  }

  @Test
  void what_was_skipped_gives_way_to_anything_and_is_told_once() {
    CellResult skipped = CellResult.skipped(cell("AGROAL", 1), "there is no nft");
    assertThat(Merge.of(List.of(List.of(skipped), List.of(measured(4, 10)))))
        .containsExactly(measured(1, 10));
    assertThat(Merge.of(List.of(List.of(skipped), List.of(skipped)))).containsExactly(skipped);
  }

  @Test
  void what_a_run_and_an_earlier_merge_of_it_have_in_common_counts_once() {
    List<CellResult> first = List.of(measured(1, 10));
    List<CellResult> second = List.of(measured(1, 20));
    List<CellResult> merged = Merge.of(List.of(first, second));
    assertThat(Merge.of(List.of(merged, first, second))).isEqualTo(merged);
  }
}
