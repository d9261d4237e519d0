package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlackHoleTest {
  @Test
  void queryIntoABlackHole_endsAfterTheUserTimeout(@TempDir Path dir) throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 22, "tcpUserTimeout takes Java 22");
    List<String> options =
        List.of(
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED");
    String said = Program.runAlone(dir, options, BlackHoleQuery.class, dir.toString(), "2");
    // By the kernel's verdict; without it the query would hang for a quarter of an hour.
    assertThat(said).contains("failed: java.net.SocketException: Connection timed out");
  }
}
