package dev.tidepool.bench.faults.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromisesTest {
  private static final Cell CELL =
      new Cell(Fault.F3, null, "TIDEPOOL", Database.POSTGRESQL, false, Load.IDLE, 8, 1);

  private static List<Promise.Broken> broken(String promise, Cell cell, double first) {
    CellResult result = new CellResult(cell, Map.of(Figure.FIRST, first), List.of(), null);
    return Promises.parse(promise).broken(List.of(result));
  }

  @Test
  void the_list_that_is_shipped_can_be_read_and_holds_for_every_cell() throws Exception {
    CellResult lossy =
        new CellResult(
            CELL,
            Map.of(
                Figure.STUCK, 1.0,
                Figure.SLOTS_LOST, 0.0,
                Figure.FIRST, 200.0,
                Figure.ALL, 300.0,
                Figure.FAILED_BORROWS, 0.0),
            List.of(),
            null);
    assertThat(Promises.load().broken(List.of(lossy)))
        .filteredOn(broken -> broken.promise().enforced())
        .singleElement()
        .extracting(Promise.Broken::describe)
        .asString()
        .contains("threads stuck is 1, promised is at most 0");
  }

  @Test
  void a_limit_may_be_reached_but_not_exceeded() {
    assertThat(broken("F3 * * * * firstMs 250 wanted", CELL, 250)).isEmpty();
    assertThat(broken("F3 * * * * firstMs 250 wanted", CELL, 251)).hasSize(1);
  }

  @Test
  void a_promise_is_only_about_the_cells_it_names() {
    assertThat(broken("F3 POSTGRESQL plain idle 8 firstMs 1 wanted", CELL, 9)).hasSize(1);
    assertThat(broken("F2 * * * * firstMs 1 wanted", CELL, 9)).isEmpty();
    assertThat(broken("F3 MARIADB * * * firstMs 1 wanted", CELL, 9)).isEmpty();
    assertThat(broken("F3 * tls * * firstMs 1 wanted", CELL, 9)).isEmpty();
    assertThat(broken("F3 * * busy * firstMs 1 wanted", CELL, 9)).isEmpty();
    assertThat(broken("F3 * * * 32 firstMs 1 wanted", CELL, 9)).isEmpty();
  }

  @Test
  void others_than_tidepool_have_promised_nothing() {
    Cell other = new Cell(Fault.F3, null, "HIKARICP", Database.POSTGRESQL, false, Load.IDLE, 8, 1);
    assertThat(broken("* * * * * firstMs 1 wanted", other, 9)).isEmpty();
  }

  @Test
  void one_killer_can_be_named() {
    Cell steady =
        new Cell(
            Fault.F8,
            Killer.NONE_STEADY_USE,
            "TIDEPOOL",
            Database.POSTGRESQL,
            false,
            Load.IDLE,
            1,
            1);
    assertThat(broken("F8:NONE_STEADY_USE * * * * firstMs 1 wanted", steady, 9)).hasSize(1);
    assertThat(broken("F8:HAPROXY * * * * firstMs 1 wanted", steady, 9)).isEmpty();
    assertThat(broken("F8 * * * * firstMs 1 wanted", steady, 9)).hasSize(1);
  }

  @Test
  void what_was_not_measured_is_not_kept_and_what_was_skipped_is_not_judged() {
    Promises promises = Promises.parse("# a remark\n\nF3 * * * * allMs 1000 enforced");
    CellResult never = new CellResult(CELL, Map.of(), List.of(), null);
    assertThat(promises.broken(List.of(never)).get(0).describe()).contains("not measured");
    assertThat(promises.broken(List.of(CellResult.skipped(CELL, "no root")))).isEmpty();
  }

  @Test
  void a_line_that_says_nothing_is_refused() {
    assertThatThrownBy(() -> Promises.parse("F3 firstMs 250")).hasMessageContaining("8 words");
    assertThatThrownBy(() -> Promises.parse("F3 * * * * speed 1 wanted"))
        .hasMessageContaining("no such figure");
    assertThatThrownBy(() -> Promises.parse("F3 * * * * firstMs 1 perhaps"))
        .hasMessageContaining("enforced or wanted");
  }
}
