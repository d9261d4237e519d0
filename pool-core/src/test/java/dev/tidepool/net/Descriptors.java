package dev.tidepool.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** How many descriptors this process has open. */
final class Descriptors {
  private static final Path OF_THIS_PROCESS = Path.of("/proc/self/fd");

  private Descriptors() {}

  static int open() {
    Assumptions.assumeTrue(Files.isDirectory(OF_THIS_PROCESS), "no /proc to count descriptors in");
    try (Stream<Path> all = Files.list(OF_THIS_PROCESS)) {
      return (int) all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
