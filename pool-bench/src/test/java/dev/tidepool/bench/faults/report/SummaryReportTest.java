package dev.tidepool.bench.faults.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryReportTest {
  private final List<CellResult> results = new ArrayList<>();

  /** A cell of PostgreSQL, plain, idle. */
  private static Cell cell(Fault fault, String pool, int callers, int round) {
    return new Cell(fault, null, pool, Database.POSTGRESQL, false, Load.IDLE, callers, round);
  }

  private void add(Cell cell, double first, double all, double failedBorrows) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.FIRST, first);
    if (Double.isFinite(all)) {
      figures.put(Figure.ALL, all);
    }
    figures.put(Figure.FAILED_BORROWS, failedBorrows);
    figures.put(Figure.FAILED_QUERIES, 1.0);
    figures.put(Figure.HEALED, 6_600.0);
    results.add(new CellResult(cell, figures, List.of(), null));
  }

  private String text(String promises) {
    return new SummaryReport(Map.of("JVM", "17"), Promises.parse(promises), Duration.ofSeconds(5))
        .write(results);
  }

  private void threeCells(String pool, double all) {
    for (int callers : new int[] {1, 8, 32}) {
      add(cell(Fault.F3, pool, callers, 1), all / 2 + callers, all + callers, 2);
    }
  }

  @Test
  void a_field_has_the_median_over_the_callers_the_worst_and_the_sum_of_failures() {
    threeCells("TIDEPOOL", 200);
    assertThat(text("")).contains("| Tidepool | idle 108 / 208<br>worst 232<br>failed 6 + 3 |");
  }

  @Test
  void rounds_of_a_cell_have_one_voice_the_median_time_and_the_worst_count() {
    add(cell(Fault.F3, "TIDEPOOL", 8, 1), 10, 100, 0);
    add(cell(Fault.F3, "TIDEPOOL", 8, 2), 20, 300, 5);
    add(cell(Fault.F3, "TIDEPOOL", 8, 3), 30, 200, 1);
    assertThat(text("")).contains("| Tidepool | idle 20 / 200<br>worst 300<br>failed 5 + 1 |");
  }

  @Test
  void where_nothing_helps_before_the_repair_times_are_counted_from_it() {
    add(cell(Fault.F4, "TIDEPOOL", 8, 1), 6_500, 6_900, 0);
    assertThat(text("")).contains("| idle 0 / 300<br>worst 300<br>");
    add(cell(Fault.F7, "HIKARICP", 8, 1), 5_000, 5_100, 0);
    assertThat(text("")).contains("| idle 5 000 / 5 100<br>worst 5 100<br>");
  }

  @Test
  void never_is_said_and_is_longer_than_any_time() {
    add(cell(Fault.F3, "TIDEPOOL", 1, 1), 10, 100, 0);
    add(cell(Fault.F3, "TIDEPOOL", 8, 1), 20, Double.POSITIVE_INFINITY, 0);
    add(cell(Fault.F3, "TIDEPOOL", 32, 1), 30, Double.POSITIVE_INFINITY, 0);
    assertThat(text("")).contains("| idle 20 / never<br>never in 2<br>");
  }

  @Test
  void the_fastest_pool_of_a_column_is_bold() {
    threeCells("TIDEPOOL", 200);
    threeCells("HIKARICP", 5_000);
    assertThat(text(""))
        .contains("| Tidepool | **idle 108 / 208**<br>")
        .contains("| HikariCP 7.1.0 | idle 2 508 / 5 008<br>");
  }

  @Test
  void of_pools_as_fast_as_each_other_the_one_with_fewest_failures_is_bold() {
    add(cell(Fault.F3, "TIDEPOOL", 8, 1), 10, 100, 3);
    add(cell(Fault.F3, "HIKARICP", 8, 1), 10, 149, 2);
    add(cell(Fault.F3, "AGROAL", 8, 1), 10, 151, 0);
    assertThat(text(""))
        .contains("| idle 10 / 100<br>")
        .contains("| **idle 10 / 149**<br>")
        .contains("| idle 10 / 151<br>worst 151<br>**failed 0 + 1** |");
  }

  @Test
  void a_pool_without_all_cells_is_not_compared_and_says_so() {
    threeCells("HIKARICP", 5_000);
    threeCells("DRUID", 6_000);
    add(cell(Fault.F3, "TIDEPOOL", 8, 1), 10, 20, 0);
    results.add(CellResult.notMeasured(cell(Fault.F3, "TIDEPOOL", 1, 1), "9 connections hung"));
    assertThat(text(""))
        .contains("| Tidepool | idle 10 / 20<br>worst 20<br>failed 0 + 1<br>1 of 3 cells |")
        .contains("| HikariCP 7.1.0 | **idle 2 508 / 5 008**<br>")
        .contains("## Not measured")
        .contains("* 1 cell: N connections hung (F3 old flows dropped, PostgreSQL plain idle 1,");
  }

  @Test
  void idle_killers_are_told_by_failures_and_the_longest_borrow() {
    for (String pool : List.of("TIDEPOOL", "HIKARICP")) {
      Cell cell = new Cell(Fault.F8, Killer.HAPROXY, pool, Database.MARIADB, true, Load.IDLE, 1, 1);
      double failed = pool.equals("TIDEPOOL") ? 0 : 7;
      Map<Figure, Double> figures =
          Map.of(Figure.FAILED_BORROWS, failed, Figure.LONGEST_BORROW, 12.0);
      results.add(new CellResult(cell, figures, List.of(), null));
    }
    assertThat(text(""))
        .contains("### MariaDB, TLS")
        .contains("| Tidepool | **failed 0 + 0**<br>longest 12 |")
        .contains("| HikariCP 7.1.0 | failed 7 + 0<br>longest 12 |");
  }

  @Test
  void a_promise_is_told_once_with_the_worst_of_the_cells_that_break_it() {
    threeCells("TIDEPOOL", 200);
    assertThat(text("F3 * * idle * allMs 205 wanted\n* * * * * failedBorrows 2 enforced"))
        .contains("1 of the 2")
        .contains(
            "| F3 idle: all clear (wanted) | 2 of 3 cells and rounds"
                + " | F3 old flows dropped, PostgreSQL plain idle 32, round 1 | 205 | 232 |");
  }

  @Test
  void a_second_attempt_and_what_was_skipped_are_told() {
    add(cell(Fault.F3, "TIDEPOOL", 8, 1), 10, 20, 0);
    results.set(0, results.get(0).after("8 connections could not be opened"));
    results.add(CellResult.skipped(cell(Fault.F6, "TIDEPOOL", 8, 1), "there is no haproxy"));
    assertThat(text(""))
        .contains(
            "## Measured at a second attempt, or by another run\n\n* 1 cell: N connections could not be opened (")
        .contains("## Skipped\n\n* 1 cell: there is no haproxy (");
  }

  @Test
  void texts_that_differ_by_numbers_are_one_but_for_the_state() {
    assertThat(
            ErrorTexts.withoutNumbers("SQLException 08000: (conn=280) after 1.5s at 192.0.2.1:54"))
        .isEqualTo("SQLException 08000: (conn=N) after Ns at N:N");
    assertThat(ErrorTexts.withoutNumbers("SQLException null: of Pool@1f2e3d4c | 3"))
        .isEqualTo("SQLException null: of Pool@N | N");
    List<CellResult> told = new ArrayList<>();
    for (int round = 1; round <= 3; round++) {
      List<String> errors = List.of("E 08000: conn 1" + round, "E 08000: conn 2" + round);
      Cell cell = cell(Fault.F3, "DRUID", 8, round);
      told.add(new CellResult(cell, Map.of(Figure.STUCK, 0.0), errors, null));
    }
    assertThat(ErrorTexts.table(told)).contains("| `E 08000: conn N` | Druid 1.2.28 3 | 3 |");
  }
}
