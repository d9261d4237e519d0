package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's verdict on idle connections, in a network of the test's own. */
class RealKernelTest {
  private static final Path UNSHARE = Path.of("/usr/bin/unshare");

  private static void requireNamespaces(Path log) throws InterruptedException {
    Commands.skipUnless(
        Commands.isRoot()
            && Files.isExecutable(UNSHARE)
            && Files.isExecutable(BlackHoledPool.NFT)
            && works(log),
        "no network namespace with nftables can be made; it takes root, unshare and nft");
  }

  private static boolean works(Path log) throws InterruptedException {
    try {
      return new ProcessBuilder(
                  UNSHARE.toString(),
                  "-n",
                  BlackHoledPool.NFT.toString(),
                  "add",
                  "table",
                  "ip",
                  "t")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void blackHoledIdleConnections_areRetiredByTheWatch_withoutHeartbeatAndBorrowers(
      @TempDir Path dir, @TempDir Path data) throws Exception {
    requireNamespaces(dir.resolve("probe.log"));
    Path log = dir.resolve("child.log");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Commands.run(
        log,
        List.of(
            UNSHARE.toString(),
            "-n",
            "--",
            "/bin/sh",
            "-c",
            "ip link set lo up && exec \"$@\"",
            "sh",
            java,
            "-Xmx64m",
            "-cp",
            classes,
            BlackHoledPool.class.getName(),
            data.toString()));
    String said = Files.readString(log);
    assertThat(said).contains("all retired");
    System.out.println(said.lines().filter(line -> line.contains("all retired")).toList());
  }
}
