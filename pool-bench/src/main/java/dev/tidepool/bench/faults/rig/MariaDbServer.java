package dev.tidepool.bench.faults.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A MariaDB of Debian's programs; it takes TLS and plain connections. */
final class MariaDbServer implements Server {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Network network;
  private final Path dir;
  private final int port;
  private final Certificate certificate;
  private @Nullable Process process;

  private MariaDbServer(Network network, Path dir, int port, Certificate certificate) {
    this.network = network;
    this.dir = dir;
    this.port = port;
    this.certificate = certificate;
  }

  /** Creates and starts one in a directory. */
  static MariaDbServer create(Network network, Path dir, int port, Certificate certificate) {
    MariaDbServer server = new MariaDbServer(network, dir, port, certificate);
    try {
      // Of its own: a server that starts deletes the temporary tables of all others that share one.
      Files.createDirectories(dir.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.run(
        Tools.MARIADB_INSTALL.toString(),
        "--no-defaults",
        "--user=root",
        "--datadir=" + dir.resolve("data"),
        "--tmpdir=" + dir.resolve("tmp"),
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve");
    server.start();
    server.sql(
        "CREATE DATABASE lab; CREATE USER lab@'%', lab_2@'%';"
            + " GRANT ALL ON lab.* TO lab@'%', lab_2@'%';"
            + " CREATE TABLE lab.lab_writes (n int)");
    return server;
  }

  private String sql(String statements) {
    return Shell.run(
        Tools.MARIADB_CLIENT.toString(),
        "--no-defaults",
        "-N",
        "-B",
        "-u",
        "root",
        "-S",
        dir.resolve("s.sock").toString(),
        "-e",
        statements);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String url(int byWayOf, boolean tls) {
    return "jdbc:mariadb://%s:%d/lab?user=lab&sslMode=%s&connectTimeout=5000&socketTimeout=5000"
            .formatted(Network.SERVER, byWayOf, tls ? "trust" : "disable")
        + "&tcpKeepAlive=true";
  }

  @Override
  public void start() {
    List<String> command =
        List.of(
            Tools.MARIADB.toString(),
            "--no-defaults",
            "--user=root",
            "--datadir=" + dir.resolve("data"),
            "--tmpdir=" + dir.resolve("tmp"),
            "--port=" + port,
            "--bind-address=" + Network.SERVER,
            "--socket=" + dir.resolve("s.sock"),
            "--pid-file=" + dir.resolve("pid"),
            "--skip-name-resolve",
            "--max-connections=200",
            "--ssl-key=" + certificate.key(),
            "--ssl-cert=" + certificate.certificate(),
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=8M");
    try {
      process =
          new ProcessBuilder(network.atServer(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer(process);
  }

  private void awaitAnswer(Process started) {
    long end = System.nanoTime() + START_NANOS;
    while (true) {
      try {
        sql("SELECT 1");
        return;
      } catch (RigException e) {
        if (!started.isAlive() || System.nanoTime() - end > 0) {
          started.destroyForcibly();
          throw e;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  private Process running() {
    Process current = process;
    if (current == null) {
      throw new RigException("MariaDB was never started");
    }
    return current;
  }

  @Override
  public void crash() {
    Shell.kill(running());
  }

  @Override
  public void freeze() {
    Shell.run("kill", "-STOP", Long.toString(running().pid()));
  }

  @Override
  public void thaw() {
    Shell.run("kill", "-CONT", Long.toString(running().pid()));
  }

  @Override
  public long killSessions() {
    // By user: of a list of sessions one might end by itself before its turn, which is an error.
    String answer = sql("SELECT unix_timestamp(sysdate(6)); KILL USER lab; KILL USER lab_2");
    return Clocks.nanoTime(Double.parseDouble(answer.lines().findFirst().orElseThrow()));
  }

  @Override
  public int sessions() {
    return Integer.parseInt(
        sql("SELECT count(*) FROM information_schema.processlist WHERE user IN"
                + " ('lab', 'lab_2')")
            .trim());
  }

  @Override
  public void readOnly(boolean on) {
    sql("SET GLOBAL read_only = " + (on ? 1 : 0));
  }

  @Override
  public void idleLimit(int seconds) {
    sql("SET GLOBAL wait_timeout = " + (seconds == 0 ? "DEFAULT" : seconds));
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      crash();
    }
  }
}
