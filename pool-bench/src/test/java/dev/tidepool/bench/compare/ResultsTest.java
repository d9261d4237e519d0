package dev.tidepool.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.tidepool.bench.CommandLine;
import dev.tidepool.bench.Contender;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ResultsTest {
  private static final String ONE = "1 thread, pool 32";

  @TempDir private Path dir;
  private Scenario scenario;
  private Plan.Part part;
  private Results results;

  @BeforeEach
  void threeRounds() {
    Plan plan = CommandLine.parse("acquire", "--out", dir.toString());
    results = new Results(plan, Map.of("processor", "P"));
    scenario = plan.parts().get(0).scenario();
    part = plan.parts().get(0);
    round(1, 40, 80);
    round(2, 500, 1000);
    round(3, 50, 100);
    String error = "java.io.IOException: a | b\nc";
    results.add(new Outcome(scenario, ONE, Contender.DRUID, 1, Map.of(), error));
  }

  private void round(int round, double tidepool, double hikari) {
    add(round, Contender.TIDEPOOL, tidepool, 48);
    add(round, Contender.HIKARICP, hikari, 56);
  }

  private void add(int round, Contender contender, double nanos, double bytes) {
    Map<Figure, Double> figures = Map.of(Figure.NANOS, nanos, Figure.BYTES, bytes);
    results.add(new Outcome(scenario, ONE, contender, round, figures, null));
  }

  @Test
  void ratio_is_the_median_within_rounds_so_a_slow_round_counts_for_both() {
    Table table = new Table(part, results.outcomes());
    assertThat(table.yardsticks()).containsExactly(Contender.HIKARICP);
    assertThat(table.ratio(ONE, Contender.TIDEPOOL, Contender.HIKARICP, Figure.NANOS))
        .hasValueCloseTo(0.5, Offset.offset(1e-9));
    assertThat(table.median(ONE, Contender.TIDEPOOL, Figure.NANOS))
        .hasValueCloseTo(50.0, Offset.offset(1e-9));
    assertThat(table.ratio(ONE, Contender.DRUID, Contender.HIKARICP, Figure.NANOS)).isEmpty();
  }

  @Test
  void markdown_has_a_row_for_each_contender_and_what_each_promises() {
    add(1, Contender.AGROAL_BARE, 160, 56);
    results.note("skipped: database", "there is none");
    assertThat(results.markdown())
        .contains("- processor: P\n")
        .contains("- skipped: database: there is none\n")
        .contains(
            "| contender | ns/op | lowest - highest | x HikariCP | x Agroal, all checks off |")
        .contains("| Tidepool | 50 | 40 - 500 | 0.50 | 0.25 | - | - | - | - | 48 |\n")
        .contains("| HikariCP 7.1.0 | 100 | 80 - 1,000 | 1.00 | 0.50 |")
        .contains("| Druid 1.2.28 | - | - | - | - |")
        .contains("\nDruid 1.2.28 failed: java.io.IOException: a | b c\n")
        .containsPattern("\\| Vibur 26.0 \\|.*`validateTimeoutInSeconds`");
  }

  @Test
  void files_hold_every_outcome_and_a_plot_that_is_xml() throws Exception {
    results.write();

    String json = Files.readString(dir.resolve("results.json"));
    assertThat(JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("outcomes"))
        .hasSize(7);
    assertThat(json).contains("\"nsPerOp\": 1000.0").contains("a | b\\nc");
    String svg = Files.readString(dir.resolve("acquire.svg"));
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getElementsByTagName("circle")
                .getLength())
        .isEqualTo(2);
    assertThat(svg).contains("prefers-color-scheme: dark").contains(">failed<");
  }

  @Test
  void numbers_have_the_digits_that_mean_something() {
    assertThat(Markdown.number(0.123)).isEqualTo("0.12");
    assertThat(Markdown.number(12.345)).isEqualTo("12.3");
    assertThat(Markdown.number(12)).isEqualTo("12");
    assertThat(Markdown.number(12_345.6)).isEqualTo("12,346");
  }
}
