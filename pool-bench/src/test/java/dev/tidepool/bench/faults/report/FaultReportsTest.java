package dev.tidepool.bench.faults.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Load;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class FaultReportsTest {
  private static final List<CellResult> RESULTS =
      List.of(
          result("TIDEPOOL", 1, 100, 300),
          result("TIDEPOOL", 2, 140, 900),
          result("TIDEPOOL", 3, 120, 400),
          new CellResult(
              cell("HIKARICP", 1), Map.of(Figure.FIRST, 5_000.0), List.of("a \"bad\" day"), null),
          CellResult.skipped(cell("DRUID", 1), "there is no nft"));

  private static Cell cell(String pool, int round) {
    return new Cell(Fault.F3, null, pool, Database.POSTGRESQL, true, Load.IDLE, 8, round);
  }

  private static CellResult result(String pool, int round, double first, double all) {
    return new CellResult(
        cell(pool, round), Map.of(Figure.FIRST, first, Figure.ALL, all), List.of(), null);
  }

  @Test
  void the_list_of_cells_shows_median_and_worst_and_says_never_and_not_measured() {
    CellResult failed = CellResult.notMeasured(cell("AGROAL", 1), "5 connections");
    List<CellResult> results = new ArrayList<>(RESULTS);
    results.add(failed);
    assertThat(CellReport.write(results))
        .contains("(#f3-old-flows-dropped-postgresql)")
        .contains("## F3 old flows dropped, PostgreSQL")
        .contains("| TLS | idle | 8 | Tidepool | 3 | 120 / 140 | 400 / 900 |")
        .contains("| TLS | idle | 8 | HikariCP 7.1.0 | 1 | 5 000 | never |")
        .contains("| TLS | idle | 8 | Agroal 3.2.1 | 0 | not measured | - |")
        .contains("| `a \"bad\" day` | HikariCP 7.1.0 1 | 1 |")
        .doesNotContain("Druid");
  }

  @Test
  void the_plot_is_well_formed_and_has_a_line_for_each_pool_that_was_run() throws Exception {
    String text = new SvgPlot(RESULTS).write();
    Document plot =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(text)));
    assertThat(plot.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(text)
        .contains(">Tidepool<", ">HikariCP 7.1.0<", ">400 ms<", ">never<", "prefers-color-scheme")
        .containsOnlyOnce("<path")
        .doesNotContain("Druid");
  }

  @Test
  void the_file_for_programs_has_every_cell_and_is_read_again(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("faults.json");
    List<CellResult> results = new ArrayList<>(RESULTS);
    results.add(result("AGROAL", 1, 1, 2).after("it hung"));
    JsonFile written = new JsonFile(Map.of("JVM", "17"), results);
    written.write(file);
    assertThat(Files.readString(file)).contains("\"firstMs\": 100.0", "a \\\"bad\\\" day");
    assertThat(JsonFile.read(file)).isEqualTo(written);
  }

  @Test
  void what_is_no_such_file_is_refused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("faults.json");
    for (String text : List.of("", "{", "[]", "{\"cells\": 1}", "{\"environment\": {}}")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> JsonFile.read(file))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is no result of the fault lab");
    }
  }
}
