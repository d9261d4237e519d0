package dev.tidepool.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.examples.lab.Findings.Claim;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;

/** The lab for real, with a silence just long enough for the server to strike. */
@DisabledForJreRange(minVersion = 21, disabledReason = "the same program as on JDK 17")
class KeepaliveLabTest {
  /** A server that kills nobody by itself: what {@code --url} names. */
  private static EmbeddedPostgres ordinary;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @BeforeAll
  static void startServer() {
    try {
      ordinary = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    } catch (IOException | RuntimeException e) {
      String reason = "embedded PostgreSQL does not run here: " + e;
      System.out.println("SKIPPED KeepaliveLabTest: " + reason);
      Assumptions.abort(reason);
    }
  }

  @AfterAll
  static void stopServer() throws IOException {
    if (ordinary != null) {
      ordinary.close();
    }
  }

  private static String url() {
    return "jdbc:postgresql://127.0.0.1:" + ordinary.getPort() + "/postgres?user=postgres";
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void embeddedServer_killsAllButTidepool() throws Exception {
    try (Server server = Server.embedded()) {
      Findings findings = new Lab(server, 4, out).run();

      assertThat(findings.claims()).as(printed()).allMatch(Claim::holds);
      assertThat(findings.pinged().after()).hasSize(Contender.POOL_SIZE).allMatch(Answer::worked);
      assertThat(Findings.Lasting.pids(findings.pinged().after()))
          .isEqualTo(Findings.Lasting.pids(findings.pinged().before()));
      assertThat(findings.unpinged().after()).extracting(Answer::sqlState).containsOnly("57P05");
      assertThat(findings.stats().tcpKeepAlive()).startsWith("on, idle 45 s");
      assertThat(printed())
          .contains("57P05", "0 of 3", "3 of 3", "OK: ")
          .matches(text -> text.chars().allMatch(c -> c < 128), "is plain ASCII");
    }
  }

  @Test
  void givenUrl_killsItsOwnSessionsOnly() throws Exception {
    int code = KeepaliveLab.run(List.of("--url", url(), "--silence", "4"), out);

    assertThat(code).as(printed()).isZero();
    assertThat(printed()).contains("yours", "OK: ").doesNotContain("FAILED");
  }

  @Test
  void silenceTooShortToKill_endsWithOneAndSaysWhichClaimsFailed() throws Exception {
    int code = KeepaliveLab.run(Server.given(url(), "1min"), 1, out);

    assertThat(code).as(printed()).isEqualTo(1);
    assertThat(printed()).contains("FAILED  the plain connection", "FAILED: not every claim held");
  }

  @Test
  void urlWithOptionsOfItsOwn_endsWithOneAndSaysWhy() throws Exception {
    String url = url() + "&options=-c%20work_mem=8MB";

    assertThat(KeepaliveLab.run(List.of("--url", url), out)).isEqualTo(1);
    assertThat(printed()).contains("idle_session_timeout is 0", "leave \"options\" out of the URL");
  }

  @Test
  void wrongArguments_endWithTwoAndNeverRepeatTheUrl() throws Exception {
    assertThat(KeepaliveLab.run(List.of("--silence", "0"), out)).isEqualTo(2);
    assertThat(KeepaliveLab.run(List.of("--url", "jdbc:h2:mem:x;PASSWORD=hush"), out)).isEqualTo(2);
    assertThat(KeepaliveLab.run(List.of("--quiet"), out)).isEqualTo(2);
    assertThat(printed()).contains(Options.USAGE, "--quiet").doesNotContain("hush");
  }
}
