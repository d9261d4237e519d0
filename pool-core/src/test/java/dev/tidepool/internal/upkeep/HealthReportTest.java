package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** How changes of the health reach the log. */
class HealthReportTest {
  private static HealthReport.Trouble trouble(@Nullable Throwable why, boolean death, int lent) {
    return new HealthReport.Trouble(why, death, lent, null, null);
  }

  private static HealthReport report(SimulatedRuntime runtime) {
    return new HealthReport(
        "p", runtime, new EventQueue("p", runtime), new Counters(), UnaryOperator.identity());
  }

  private static void change(HealthReport report, Health next, HealthReport.Trouble trouble) {
    Objects.requireNonNull(report.become(next, trouble), "no change").run();
  }

  @Test
  void changesInQuickSuccession_areToldInOrder() {
    for (int seed = 0; seed < 30; seed++) {
      SimulatedRuntime runtime = new SimulatedRuntime(new Random(seed));
      HealthReport report = report(runtime);
      try (LogCapture log = new LogCapture(HealthReport.class)) {
        change(report, Health.SUSPECT, trouble(null, true, 0));
        change(report, Health.DOWN, trouble(null, true, 0));
        change(report, Health.UP, trouble(null, false, 0));
        runtime.runTasks();
        List<String> lines = log.lines();
        assertThat(lines).as("seed %s", seed).hasSize(3);
        assertThat(lines.get(0)).contains("p: all idle connections are asked");
        assertThat(lines.get(1)).contains("p: the database is down: ");
        assertThat(lines.get(2)).contains("p: the database answers again ");
        change(report, Health.DOWN, trouble(null, true, 0));
        runtime.runTasks();
        assertThat(log.lines()).as("a worker for what comes later").hasSize(4);
      }
    }
  }

  /** A wrong password was told of as a database that is down, with the error that came first. */
  @Test
  void refusedLogin_isNoDatabaseThatIsDown() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    SQLException first = new SQLException("session 3 is gone", "08006");
    SQLException refusal = new SQLException("password authentication failed", "28P01");
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      change(report(runtime), Health.DOWN, new HealthReport.Trouble(first, true, 0, null, refusal));
      runtime.runTasks();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains(
              "p: the database refuses the login: no connection can be opened and none is left that"
                  + " answers: java.sql.SQLException: password authentication failed");
    }
  }

  @Test
  void hushed_isForDebugOnly() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    HealthReport report =
        new HealthReport(
            "p", runtime, new EventQueue("p", runtime), new Counters(), loud -> Level.DEBUG);
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      change(report, Health.SUSPECT, trouble(null, true, 0));
      change(report, Health.DOWN, trouble(null, true, 0));
      runtime.runTasks();
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void deathBySilence_isHeard_lateAnswerIsNot() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      change(report(runtime), Health.SUSPECT, trouble(null, false, 0));
      runtime.runTasks();
      assertThat(log.lines()).isEmpty();
      change(report(runtime), Health.SUSPECT, trouble(null, true, 0));
      runtime.runTasks();
      assertThat(log.lines()).singleElement().asString().contains("because of: no answer in time");
    }
  }

  @Test
  void errorWhoseTextCannotBeHad_isToldOfByItsClass_andOnlyOnAWorker() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    HealthReport report = report(runtime);
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      change(report, Health.DOWN, trouble(new Mute(), true, 9));
      assertThat(report.health()).isEqualTo(Health.DOWN);
      assertThat(log.lines()).isEmpty();
      runtime.runTasks();
      assertThat(runtime.failures()).isEmpty();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("none is left but 9 in use, silent since the first sign: ")
          .contains(Mute.class.getName());
    }
  }

  @Test
  void noMemoryForAWorker_theLineIsToldWithTheNext() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    HealthReport report = report(runtime);
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      Runnable telling = report.become(Health.DOWN, trouble(null, true, 0));
      runtime.failNextTask(new OutOfMemoryError("of a test"));
      try {
        Objects.requireNonNull(telling, "no change").run();
        throw new AssertionError("a task without memory");
      } catch (OutOfMemoryError e) {
        assertThat(e).hasMessage("of a test");
      }
      change(report, Health.UP, trouble(null, false, 0));
      runtime.runTasks();
      assertThat(log.lines()).hasSize(2);
    }
  }

  /** A log that blocks holds one worker; what it misses must not fill the memory. */
  @Test
  void logThatStandsStill_isToldHowMuchItMissed() {
    SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
    HealthReport report = report(runtime);
    try (LogCapture log = new LogCapture(HealthReport.class)) {
      int changes = 2 * HealthReport.MOST_LINES;
      for (int i = 0; i < changes / 2; i++) {
        change(report, Health.DOWN, trouble(null, true, 0));
        change(report, Health.UP, trouble(null, false, 0));
      }
      runtime.runTasks();
      assertThat(log.lines()).hasSize(HealthReport.MOST_LINES + 1);
      assertThat(log.lines().get(0)).contains("p: the log stood still; 100 changes ");
      assertThat(log.lines().get(HealthReport.MOST_LINES)).contains("the database answers again");
    }
  }

  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("OverrideThrowableToString") // that is what is tried
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }
}
