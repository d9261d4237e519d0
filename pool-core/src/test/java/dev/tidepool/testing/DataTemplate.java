package dev.tidepool.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of a server that nobody has used yet. Made once in a JVM and copied for each server,
 * because the servers' own installers take seconds. Thread-safe.
 */
final class DataTemplate {
  /** Fills a directory, which does not exist yet. */
  interface Installer {
    void install(Path log, Path data) throws IOException, InterruptedException;
  }

  private final Installer installer;
  private @Nullable Path made;

  DataTemplate(Installer installer) {
    this.installer = installer;
  }

  /** Makes {@code data}, which does not exist yet, with owners and permissions as installed. */
  synchronized void copyTo(Path log, Path data) throws IOException, InterruptedException {
    if (made == null) {
      made = make();
    }
    Commands.run(log, List.of("cp", "-a", made.toString(), data.toString()));
  }

  private Path make() throws IOException, InterruptedException {
    Path dir = Files.createTempDirectory("tidepool-template");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Directories.delete(dir)));
    // Servers that do not run as root have to pass.
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
    Path data = dir.resolve("data");
    installer.install(dir.resolve("log"), data);
    return data;
  }
}
