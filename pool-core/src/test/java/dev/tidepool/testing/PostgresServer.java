package dev.tidepool.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that a test can set up, stop and start, run by Debian's programs on this
 * machine; the test is skipped where they are missing. A test that only needs some PostgreSQL takes
 * {@link TestDatabase}.
 */
public final class PostgresServer implements DatabaseServer, AutoCloseable {
  /** Holds a directory for each version; the property is for tests of their absence. */
  private static final Path VERSIONS =
      Path.of(System.getProperty("tidepool.test.postgres.programs", "/usr/lib/postgresql"));

  private static final DataTemplate TEMPLATE = new DataTemplate(PostgresServer::install);

  private static @Nullable PostgresServer shared;

  private final String url;
  private final Path dir;
  private final Path bin;
  private final int port;
  private final List<String> settings;

  private PostgresServer(String url, Path dir, Path bin, int port, List<String> settings) {
    this.url = url;
    this.dir = dir;
    this.bin = bin;
    this.port = port;
    this.settings = settings;
  }

  /** The server all tests of this JVM share, with default settings; stopped when the JVM ends. */
  public static synchronized PostgresServer shared() throws IOException, InterruptedException {
    if (shared == null) {
      requirePrograms();
      Path dir = Files.createTempDirectory("tidepool-postgres");
      PostgresServer server = start(dir);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    server.delete();
                  }));
      shared = server;
    }
    return shared;
  }

  /** The URL of {@link #shared()}, if this machine can run it. */
  static String sharedUrl() throws IOException, InterruptedException, ServerSource.None {
    String lacking = lacking();
    if (lacking != null) {
      throw new ServerSource.None(lacking);
    }
    return shared().url();
  }

  /**
   * A server of the test's own.
   *
   * @param dir where its data live, usually a JUnit temporary directory
   * @param settings such as {@code idle_session_timeout=2s}
   */
  public static PostgresServer start(Path dir, String... settings)
      throws IOException, InterruptedException {
    Path bin = requirePrograms();
    int port = Commands.freePort();
    PostgresServer server =
        new PostgresServer(
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres",
            dir,
            bin,
            port,
            List.of(settings));
    server.create();
    server.start();
    return server;
  }

  /** As {@link #start(Path, String...)}, and the server takes TLS with a certificate of its own. */
  public static PostgresServer startTls(Path dir, String... settings)
      throws IOException, InterruptedException {
    Commands.certificate(dir);
    Path key = dir.resolve("server.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    if (Commands.isRoot()) {
      Commands.run(dir.resolve("log"), List.of("chown", "postgres", key.toString()));
    }
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("ssl=on");
    all.add("ssl_key_file=" + key);
    all.add("ssl_cert_file=" + dir.resolve("server.crt"));
    return start(dir, all.toArray(new String[0]));
  }

  private static Path requirePrograms() throws IOException {
    String lacking = lacking();
    Commands.skipUnless(lacking == null, "no PostgreSQL: " + lacking);
    return programs();
  }

  private static @Nullable String lacking() throws IOException {
    if (programs() == null) {
      return "no programs in " + VERSIONS + "/*/bin";
    }
    return Commands.isRoot() && !Files.isExecutable(Path.of("/usr/bin/setpriv"))
        ? "PostgreSQL does not run as root, and there is no setpriv"
        : null;
  }

  private static @Nullable Path programs() throws IOException {
    if (!Files.isDirectory(VERSIONS)) {
      return null;
    }
    try (Stream<Path> found = Files.list(VERSIONS)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(path -> Files.isExecutable(path.resolve("pg_ctl")))
          .max(Path::compareTo)
          .orElse(null);
    }
  }

  private void create() throws IOException, InterruptedException {
    if (Commands.isRoot()) {
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
    }
    TEMPLATE.copyTo(log(), data());
  }

  private static void install(Path log, Path data) throws IOException, InterruptedException {
    if (Commands.isRoot()) {
      Commands.run(
          log,
          List.of(
              "install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", data.toString()));
    }
    Commands.run(
        log,
        as(
            requirePrograms(),
            "initdb",
            "-D",
            data.toString(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C"));
  }

  /** Starts it again after {@link #stop}. */
  public void start() throws IOException, InterruptedException {
    StringBuilder options = new StringBuilder("-p " + port + " -h 127.0.0.1 -k '' -c fsync=off");
    for (String setting : settings) {
      options.append(" -c ").append(setting);
    }
    Commands.run(
        log(),
        as(
            bin,
            "pg_ctl",
            "-D",
            data().toString(),
            "-w",
            "-l",
            data() + "/server.log",
            "-o",
            "" + options,
            "start"));
  }

  /** Stops it as an administrator would: sessions end with 57P01. */
  public void stop() throws IOException, InterruptedException {
    Commands.run(log(), as(bin, "pg_ctl", "-D", data().toString(), "-m", "fast", "-w", "stop"));
  }

  private static List<String> as(Path bin, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (Commands.isRoot()) {
      command.addAll(
          List.of(
              "setpriv",
              "--reuid=postgres",
              "--regid=postgres",
              "--init-groups",
              "--reset-env",
              "--"));
    }
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private Path data() {
    return dir.resolve("data");
  }

  private Path log() {
    return dir.resolve("log");
  }

  /** Where it listens on loopback; only of a server that was started here. */
  public int port() {
    return port;
  }

  @Override
  public String url() {
    return url;
  }

  /** Stops it if it runs. */
  @Override
  public void close() {
    if (!Files.exists(dir.resolve("data/postmaster.pid"))) {
      return;
    }
    try {
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PostgreSQL was stopped", e);
    }
  }

  private void delete() {
    Directories.delete(dir);
  }
}
