package dev.tidepool.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB that a test can set up, stop and start, run by Debian's programs on this machine;
 * the test is skipped where they are missing. A test that only needs some MariaDB takes {@link
 * TestDatabase}.
 */
public final class MariaDbServer implements DatabaseServer, AutoCloseable {
  /** The property is for tests of its absence. */
  private static final Path PROGRAM =
      Path.of(System.getProperty("tidepool.test.mariadb.program", "/usr/sbin/mariadbd"));

  private static final Path INSTALLER = Path.of("/usr/bin/mariadb-install-db");
  private static final String LACKING = "no " + PROGRAM + " or no " + INSTALLER;
  private static final String LOG_FILE_SIZE = "--innodb-log-file-size=8M";
  private static final DataTemplate TEMPLATE = new DataTemplate(MariaDbServer::install);

  private static @Nullable MariaDbServer shared;

  private final String url;
  private final Path dir;
  private final int port;
  private final List<String> settings;
  private @Nullable Process process;

  private MariaDbServer(String url, Path dir, int port, List<String> settings) {
    this.url = url;
    this.dir = dir;
    this.port = port;
    this.settings = settings;
  }

  /** The server all tests of this JVM share, with default settings; stopped when the JVM ends. */
  public static synchronized MariaDbServer shared() throws IOException, InterruptedException {
    if (shared == null) {
      requirePrograms();
      Path dir = Files.createTempDirectory("tidepool-mariadb");
      MariaDbServer server = start(dir);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    Directories.delete(dir);
                  }));
      shared = server;
    }
    return shared;
  }

  /** The URL of {@link #shared()}, if this machine can run it. */
  static String sharedUrl() throws IOException, InterruptedException, ServerSource.None {
    if (!programs()) {
      throw new ServerSource.None(LACKING);
    }
    return shared().url();
  }

  /**
   * A server of the test's own.
   *
   * @param dir where its data live, usually a JUnit temporary directory
   * @param settings such as {@code wait-timeout=2}
   */
  public static MariaDbServer start(Path dir, String... settings)
      throws IOException, InterruptedException {
    requirePrograms();
    int port = Commands.freePort();
    String url = "jdbc:mariadb://127.0.0.1:" + port + "/mysql?user=root";
    MariaDbServer server = new MariaDbServer(url, dir, port, List.of(settings));
    TEMPLATE.copyTo(dir.resolve("log"), dir.resolve("data"));
    server.start();
    return server;
  }

  /** As {@link #start(Path, String...)}, and the server takes TLS with a certificate of its own. */
  public static MariaDbServer startTls(Path dir, String... settings)
      throws IOException, InterruptedException {
    Commands.certificate(dir);
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("ssl-key=" + dir.resolve("server.key"));
    all.add("ssl-cert=" + dir.resolve("server.crt"));
    return start(dir, all.toArray(new String[0]));
  }

  private static void requirePrograms() {
    Commands.skipUnless(programs(), "no MariaDB: " + LACKING);
  }

  private static boolean programs() {
    return Files.isExecutable(PROGRAM) && Files.isExecutable(INSTALLER);
  }

  private static void install(Path log, Path data) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(INSTALLER.toString(), "--no-defaults"));
    addUser(command);
    command.addAll(
        List.of(
            "--datadir=" + data,
            tmpdir(data.resolveSibling("tmp")),
            LOG_FILE_SIZE,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve"));
    Commands.run(log, command);
  }

  /** Of its own: a server that starts deletes the temporary tables of all others that share one. */
  private static String tmpdir(Path dir) throws IOException {
    return "--tmpdir=" + Files.createDirectories(dir);
  }

  private static void addUser(List<String> command) {
    if (Commands.isRoot()) {
      command.add("--user=root");
    }
  }

  /** Starts it again after {@link #stop}. */
  public void start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "--no-defaults"));
    addUser(command);
    command.addAll(
        List.of(
            "--datadir=" + dir.resolve("data"),
            tmpdir(dir.resolve("tmp")),
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--socket=" + dir.resolve("s.sock"),
            "--pid-file=" + dir.resolve("pid"),
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
            LOG_FILE_SIZE));
    settings.forEach(setting -> command.add("--" + setting));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    awaitReady(process);
  }

  /** Reads what the server says, all its life, so that it never waits for a reader. */
  private static void awaitReady(Process started) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(1);
    List<String> said = new CopyOnWriteArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  said.add(line);
                  if (line.contains("ready for connections")) {
                    ready.countDown();
                  }
                }
              } catch (IOException e) {
                // The stream is closed when the server is stopped.
                said.add(e.toString());
              }
            },
            "mariadb-log");
    reader.setDaemon(true);
    reader.start();
    boolean up = ready.await(30, TimeUnit.SECONDS);
    if (!up) {
      started.destroyForcibly();
    }
    assertThat(up).as(said::toString).isTrue();
  }

  /** Stops it as an administrator would. */
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
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
    if (process == null || !process.isAlive()) {
      return;
    }
    try {
      stop();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
