package dev.tidepool.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A {@code main} of the tests in a JVM of its own, for what this JVM has not or must not have. */
public final class Program {
  private static final Path UNSHARE = Path.of("/usr/bin/unshare");
  private static final Path NFT = Path.of("/usr/sbin/nft");

  private Program() {}

  /**
   * Runs it with the class path of the tests; fails if it does not end well within 110 s.
   *
   * @param options of the JVM
   * @return what it printed
   */
  public static String run(Path dir, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return run(dir, command);
  }

  /** As {@link #run(Path, List, Class, String...)}, but with a loopback network all to itself. */
  public static String runAlone(Path dir, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Commands.isRoot() && Files.isExecutable(UNSHARE) && Files.isExecutable(NFT),
        "a network of its own takes root, " + UNSHARE + " and " + NFT);
    // Processes of its own too: whatever it started ends with it.
    List<String> command =
        new ArrayList<>(List.of(UNSHARE.toString(), "-n", "-p", "-f", "--kill-child", "--"));
    command.addAll(List.of("sh", "-c", "ip link set lo up && exec \"$@\"", "sh", java()));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return run(dir, command);
  }

  /** Has every packet to and from a port dropped; for a program that runs alone. */
  public static void blackHole(Path dir, int port) throws IOException, InterruptedException {
    Commands.run(
        dir.resolve("nft.log"),
        List.of(
            NFT.toString(),
            "add table ip h; add chain ip h o { type filter hook output priority 0; };"
                + (" add rule ip h o tcp dport " + port + " drop;")
                + (" add rule ip h o tcp sport " + port + " drop")));
  }

  /** The program {@code java} that runs the tests. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Runs a whole command line. */
  public static String run(Path dir, List<String> command)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile(dir, "program", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    boolean ended = process.waitFor(110, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String text = Files.readString(said);
    assertThat(ended && process.exitValue() == 0).as(text).isTrue();
    return text;
  }
}
