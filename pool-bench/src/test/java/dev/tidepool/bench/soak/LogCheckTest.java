package dev.tidepool.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCheckTest {
  @TempDir private Path dir;

  private LogCheck check(String... lines) throws Exception {
    return LogCheck.of(Files.write(dir.resolve("log"), List.of(lines)));
  }

  @Test
  void what_faults_and_misuse_explain_is_counted_by_kind() throws Exception {
    LogCheck check =
        check(
            "[tidepool-worker-1] WARN dev.tidepool.Leaks - soak: connection #3 is taken back from"
                + " thread \"a\" after 4909 ms (maxBorrowTime)",
            "[tidepool-worker-2] WARN dev.tidepool.Leaks - soak: connection #15 is taken back from"
                + " thread \"b\" after 4003 ms (maxBorrowTime)",
            "    at java.lang.Thread.run(Thread.java:1)");
    assertThat(check.complaints()).isEmpty();
    assertThat(check.expected().values()).containsExactly(2);
  }

  @Test
  void errors_unknown_warnings_and_uncaught_exceptions_are_complaints() throws Exception {
    LogCheck check =
        check(
            "[a] ERROR dev.tidepool.Guard - tidepool: unexpected failure in a task of the pool",
            "[a] ERROR dev.tidepool.Leaks - soak: connection #3 is taken back from thread",
            "[a] WARN dev.tidepool.X - soak: something new",
            "Exception in thread \"soak-helper\" java.lang.NullPointerException");
    assertThat(check.complaints()).hasSize(4);
  }

  @Test
  void the_events_that_led_to_a_breach_are_found() throws Exception {
    LogCheck check = check("BROKEN 1.000 s: P6: x", "      0.900 s  fault: crash", "other");
    assertThat(check.events()).containsExactly("0.900 s  fault: crash");
  }
}
