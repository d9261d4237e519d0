package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.SimulatedRuntime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ReminderTest {
  private final SimulatedRuntime runtime = new SimulatedRuntime(new Random(1));
  private final Reminder reminder = new Reminder(runtime);

  @Test
  void first_isLoud_repetitionsWithinHalfAMinute_areNot() {
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.WARN);
    for (int i = 0; i < 29; i++) {
      runtime.advance(Duration.ofSeconds(1));
      assertThat(reminder.level(Level.WARN)).isEqualTo(Level.DEBUG);
    }
    runtime.advance(Duration.ofSeconds(1));
    assertThat(reminder.level(Level.INFO)).as("30 s after the loud one").isEqualTo(Level.INFO);
    assertThat(reminder.level(Level.INFO)).isEqualTo(Level.DEBUG);
  }

  @Test
  void saidByAnother_theNextIsARepetition() {
    reminder.said();
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.DEBUG);
    runtime.advance(Duration.ofSeconds(30));
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.WARN);
  }

  @Test
  void whatNobodyHears_isNoReasonToKeepTheNextQuiet() {
    assertThat(reminder.level(Level.DEBUG)).isEqualTo(Level.DEBUG);
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.WARN);
  }

  @Test
  void startedAnew_theNextIsLoud() {
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.WARN);
    reminder.startAnew();
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.WARN);
    assertThat(reminder.level(Level.WARN)).isEqualTo(Level.DEBUG);
  }
}
