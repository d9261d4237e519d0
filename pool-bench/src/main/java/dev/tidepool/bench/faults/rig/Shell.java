package dev.tidepool.bench.faults.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs. */
final class Shell {
  private static final long BOUND_SECONDS = 60;

  private Shell() {}

  /**
   * Runs a program to its end and returns what it printed.
   *
   * @throws RigException with the output if it fails or takes more than a minute
   */
  static String run(List<String> command) {
    try {
      // Through a file: a server that the program leaves behind would keep a pipe open for ever.
      Path output = Files.createTempFile("tidepool-lab", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        boolean ended = hasEnded(process, BOUND_SECONDS);
        if (!ended) {
          process.destroyForcibly();
        }
        String text = Files.readString(output);
        if (!ended || process.exitValue() != 0) {
          throw new RigException(String.join(" ", command) + "\n" + text);
        }
        return text;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    }
  }

  /** Waits so long for the end of a process. */
  static boolean hasEnded(Process process, long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // Nothing in the lab is interrupted but by its end; then everything unwinds.
      Thread.currentThread().interrupt();
      throw new RigException("interrupted while waiting for process " + process.pid());
    }
  }

  /** Ends a process by force. */
  static void kill(Process process) {
    process.destroyForcibly();
    if (!hasEnded(process, BOUND_SECONDS)) {
      throw new RigException("process " + process.pid() + " cannot be killed");
    }
  }

  /** Runs a program to its end and returns what it printed. */
  static String run(String... command) {
    return run(List.of(command));
  }
}
