package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  private static final List<String> LITTLE = List.of("-Xmx32m", "-XX:+UseSerialGC");

  @Test
  void firstWaiterToLeave_withoutMemory_isGivenNothing(@TempDir Path dir) throws Exception {
    String said = Program.run(dir, LITTLE, NoMemoryProgram.class);
    assertThat(said).contains("the waiter has left").contains("passed true, the slot is IDLE");
  }

  /** Else the test above could not tell right from wrong. */
  @Test
  void unrehearsed_itCannotLeave_andTheSlotIsLost(@TempDir Path dir) throws Exception {
    String said = Program.run(dir, LITTLE, NoMemoryProgram.class, "unrehearsed");
    assertThat(said).contains("the waiter could not leave").contains("the slot is IN_USE");
  }
}
