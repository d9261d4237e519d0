package dev.tidepool.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuickstartTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shortShow_pingsRetiresAndReplacesWithoutAFailedQuery() throws Exception {
    Summary summary = new Show(new Options(4, false), out).run();
    summary.print(out);

    assertThat(summary.problems()).as(printed()).isEmpty();
    assertThat(summary.clerks().booked()).isPositive();
    assertThat(summary.clerks().failed()).isZero();
    assertThat(summary.killed()).isPositive();
    assertThat(summary.pool().pings()).isPositive();
    assertThat(summary.pool().retired(RetireReason.MAX_LIFETIME)).isPositive();
    assertThat(summary.pool().retired(RetireReason.EVICTED)).isPositive();
    assertThat(summary.pool().opened()).isGreaterThan(summary.pool().maximumPoolSize());
    assertThat(printed())
        .contains("~ pinged", "- retired", "+ opened", "EVICTED", "books balance")
        .matches(text -> text.chars().allMatch(c -> c < 128), "is plain ASCII");
  }

  @Test
  void brokenQuery_endsWithOneAndSaysWhichQuery() throws Exception {
    int code = Quickstart.run(List.of("--seconds", "3", "--break-query"), out);

    assertThat(code).as(printed()).isEqualTo(1);
    assertThat(printed())
        .contains("1 failed", "FAILED: queries that failed: 1", "ACOUNT")
        .doesNotContain("OK:");
  }

  @Test
  void unknownArgument_endsWithTwoAndSaysWhatIsAllowed() throws Exception {
    assertThat(Quickstart.run(List.of("--secnds", "3"), out)).isEqualTo(2);
    assertThat(printed()).contains("unknown argument --secnds", Options.USAGE);
  }

  @Test
  void secondsOutOfRange_endWithTwo() throws Exception {
    for (List<String> arguments :
        List.of(List.of("--seconds", "2"), List.of("--seconds", "26"), List.of("--seconds"))) {
      assertThat(Quickstart.run(arguments, out)).as("%s", arguments).isEqualTo(2);
    }
  }
}
