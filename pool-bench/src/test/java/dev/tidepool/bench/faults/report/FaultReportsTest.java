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
import java.time.Duration;
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
  void the_table_shows_median_and_worst_and_says_never_and_why_it_skipped() throws Exception {
    String text =
        new MarkdownTables(Map.of("JVM", "17"), Promises.load(), Duration.ofSeconds(5))
            .write(RESULTS);
    assertThat(text)
        .contains("* JVM: 17")
        .contains("## F3 old flows dropped, PostgreSQL TLS idle 8")
        .contains("| Tidepool | 120 / 140 | 400 / 900 |")
        .contains("| HikariCP 7.1.0 | 5 000 | never |")
        .contains("* 1 cells: there is no nft")
        .contains("a \"bad\" day");
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
        .doesNotContain("Druid");
  }

  @Test
  void the_file_for_programs_has_every_cell_and_is_read_again(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("faults.json");
    JsonFile written = new JsonFile(Map.of("JVM", "17"), RESULTS);
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
