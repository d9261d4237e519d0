package dev.tidepool.bench.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of Debian's programs, for one run, on a free port of the loopback address. */
final class LoopbackPostgres {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final long BOUND_SECONDS = 60;

  private final Path bin;
  private final Path dir;
  private final int port;
  private final Thread lastResort = new Thread(this::stop, "stop-postgres");

  private LoopbackPostgres(Path bin, Path dir, int port) {
    this.bin = bin;
    this.dir = dir;
    this.port = port;
  }

  /** What keeps it from being started, if anything. */
  static Optional<String> unavailable() {
    if (programs().isEmpty()) {
      return Optional.of("there is no PostgreSQL below " + VERSIONS);
    }
    // As root it refuses to run, and takes another user.
    return isRoot() && !Files.isExecutable(SETPRIV)
        ? Optional.of("there is no " + SETPRIV)
        : Optional.empty();
  }

  /** Creates and starts a server. */
  static LoopbackPostgres start() throws IOException {
    Path dir = Files.createTempDirectory("tidepool-bench");
    LoopbackPostgres server = new LoopbackPostgres(programs().orElseThrow(), dir, freePort());
    if (isRoot()) {
      run(List.of("chown", "postgres", dir.toString()));
    }
    server.program("initdb", "-D", server.data(), "-U", "bench", "-A", "trust", "--no-sync");
    Files.writeString(
        dir.resolve("data/postgresql.conf"),
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = '%s'
        fsync = off
        max_connections = 100
        """
            .formatted(server.port, dir),
        StandardOpenOption.APPEND);
    server.program(
        "pg_ctl", "-D", server.data(), "-w", "-l", dir.resolve("log").toString(), "start");
    Runtime.getRuntime().addShutdownHook(server.lastResort);
    return server;
  }

  /** Where it is found, user included. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=bench&sslmode=disable";
  }

  /** Its name with its version. */
  String version() throws IOException {
    return run(List.of(bin.resolve("postgres").toString(), "--version")).trim();
  }

  /** Ends the server and deletes its data. */
  void close() {
    Runtime.getRuntime().removeShutdownHook(lastResort);
    stop();
  }

  private void stop() {
    try {
      program("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return dir.resolve("data").toString();
  }

  private void program(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of(SETPRIV.toString(), "--reuid=postgres", "--regid=postgres", "--init-groups"));
      command.addAll(List.of("--reset-env", "--"));
    }
    command.add(bin.resolve(name).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private static String run(List<String> command) throws IOException {
    // Into a file: the server that the program leaves behind would keep a pipe open for ever.
    Path output = Files.createTempFile("tidepool-bench", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + "\n" + Files.readString(output));
      }
      return Files.readString(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + String.join(" ", command), e);
    } finally {
      Files.delete(output);
    }
  }

  private static Optional<Path> programs() {
    if (!Files.isDirectory(VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
