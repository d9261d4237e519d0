package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images made by jlink have only what their program was known to need. */
class LeanImageTest {
  @Test
  void pool_worksWithoutTheModulesItDoesNotRequire(@TempDir Path dir) throws Exception {
    String said =
        Program.run(
            dir, List.of("--limit-modules=java.base,java.sql,java.logging"), LeanProgram.class);
    assertThat(said)
        .contains("without [java.compiler, java.management, java.naming, jdk.net]")
        .contains("lent")
        .contains("keepalive on, times of the operating system");
  }
}
