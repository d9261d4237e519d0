package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens where there is really no memory, in a JVM that has little of it. */
class NoMemoryTest {
  private static final List<String> LITTLE = List.of("-Xmx32m", "-XX:+UseSerialGC");
  private static final List<String> LESS = List.of("-Xmx16m", "-XX:+UseSerialGC"); // soon full

  /** Who closes once and fails does not do so again. */
  @Test
  void noMemoryForTheFirstReturn_thePlaceIsFreeAllTheSame(@TempDir Path dir) throws Exception {
    String said = Program.run(dir, LITTLE, NoMemoryProgram.class);
    assertThat(said).contains("there was no memory").contains("all are lent again");
  }

  /** What the pool makes of the answer must cost no place, be it that a class cannot be loaded. */
  @ParameterizedTest
  @CsvSource({
    "getConnection, answers",
    "getConnection, throws",
    "isValid, answers",
    "isValid, no",
    "isValid, throws",
    "setAutoCommit, answers",
    "setAutoCommit, throws",
    "close, throws",
  })
  void noMemoryForWhatFollowsFromACall_thePlaceIsFreeAllTheSame(
      String method, String outcome, @TempDir Path dir) throws Exception {
    assertThat(Program.run(dir, LESS, NoMemoryCallProgram.class, method, outcome))
        .contains("served");
  }

  /**
   * Compiled code that is left without memory drops its frames, finally blocks and all. Whether it
   * is met is up to the compiler: with an object to drop it was in two of three runs.
   */
  @Test
  @Tag("slow")
  void noMemoryForAReturnThatWasCompiled_thePlaceIsFreeAllTheSame(@TempDir Path dir)
      throws Exception {
    List<String> options = List.of("-Xmx32m", "-XX:+UseSerialGC", "-Xbatch");
    String said = Program.run(dir, options, NoMemoryProgram.class, "compiled");
    assertThat(said).contains("there was no memory").contains("all are lent again");
  }
}
