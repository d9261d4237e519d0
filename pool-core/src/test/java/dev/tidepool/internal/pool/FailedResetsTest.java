package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.Reminder;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the log says of a {@code connectionResetSql} that fails, when, and on which thread. */
class FailedResetsTest {
  private final SQLException wrong = new SQLException("syntax error", "42601");

  private final SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
  private final FailedResets resets = new FailedResets("reef", runtime);
  private final Entry entry =
      new Entry(
          7,
          new PhysicalConnection(
              new FakeDatabase().open().connection(),
              new SessionDefaults(true, false, 2, null, null, 1, 0),
              null,
              null,
              null,
              false,
              null,
              null),
          0);

  private static List<String> warnings(LogCapture log) {
    return log.lines().stream().filter(line -> line.contains(" WARN ")).toList();
  }

  @Test
  void failure_isAWarning_thatNamesThePropertyAndHidesSecrets() {
    try (LogCapture log = new LogCapture(FailedResets.class)) {
      resets.tell(entry, "SELEC 's3cret'", new SQLException("no \"s3cret\"", "42601"));
      runtime.runTasks();
      assertThat(warnings(log))
          .singleElement(STRING)
          .contains("reef: connectionResetSql=SELEC *** failed")
          .contains("connection #7 is retired")
          .doesNotContain("s3cret")
          .endsWith("java.sql.SQLException: no \"***\"");
    }
  }

  /** The borrower still has the slot, and a log may block. */
  @Test
  void nothingIsLogged_onTheBorrowersThread() {
    try (LogCapture log = new LogCapture(FailedResets.class)) {
      resets.tell(entry, "SELEC 1", wrong);
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void repetitionsWithinHalfAMinute_areNotAloud() {
    try (LogCapture log = LogCapture.everythingBeside(FailedResets.class)) {
      for (int i = 0; i < 3; i++) {
        resets.tell(entry, "SELEC 1", wrong);
      }
      runtime.runTasks();
      assertThat(warnings(log)).hasSize(1);
      assertThat(log.count("connectionResetSql=SELEC 1")).isEqualTo(3);
      runtime.advance(Duration.ofNanos(Reminder.PAUSE_NANOS));
      resets.tell(entry, "SELEC 1", wrong);
      runtime.runTasks();
      assertThat(warnings(log)).hasSize(2);
    }
  }

  /** With that any SQL fails; nor does it use up the warning. */
  @Test
  void endOfTheSession_isNotBlamedOnTheSql() {
    try (LogCapture log = LogCapture.everythingBeside(FailedResets.class)) {
      resets.tell(entry, "SELEC 1", new SQLException("gone", "08006"));
      resets.tell(entry, "SELEC 1", new SQLException("terminated", "57P01"));
      runtime.runTasks();
      assertThat(log.lines()).isEmpty();
      resets.tell(entry, "SELEC 1", wrong);
      runtime.runTasks();
      assertThat(warnings(log)).hasSize(1);
    }
  }

  /** Its deadline was over: what the driver says of a connection that is closed under it. */
  @Test
  void cutOffInItsReset_isNotBlamedOnTheSql() {
    try (LogCapture log = LogCapture.everythingBeside(FailedResets.class)) {
      assertThat(entry.condemn()).isTrue();
      resets.tell(entry, "SELEC 1", new SQLException("object is already closed", "90007"));
      runtime.runTasks();
      assertThat(log.lines()).isEmpty();
    }
  }
}
