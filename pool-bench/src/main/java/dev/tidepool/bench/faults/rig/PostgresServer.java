package dev.tidepool.bench.faults.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A PostgreSQL of Debian's programs; it takes TLS and plain connections. */
final class PostgresServer implements Server {
  private static final List<String> AS_POSTGRES =
      List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env");

  /** The postmaster passes new settings on to the sessions, which nothing shows from outside. */
  private static final long RELOAD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The second user is for pools that change their credentials. */
  private static final String OF_POOLS = " WHERE usename IN ('lab', 'lab_2')";

  private final Network network;
  private final Path bin;
  private final Path dir;
  private final int port;
  private final List<ProcessHandle> frozen = new ArrayList<>();

  private PostgresServer(Network network, Path bin, Path dir, int port) {
    this.network = network;
    this.bin = bin;
    this.dir = dir;
    this.port = port;
  }

  /** Creates and starts one in an empty directory. */
  static PostgresServer create(Network network, Path dir, int port, Certificate certificate) {
    PostgresServer server = new PostgresServer(network, Tools.postgres().orElseThrow(), dir, port);
    try {
      server.initialize(certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.start();
    server.sql(
        "CREATE ROLE lab LOGIN; CREATE ROLE lab_2 LOGIN; GRANT CREATE ON SCHEMA public TO lab;"
            + " CREATE TABLE lab_writes (n int); ALTER TABLE lab_writes OWNER TO lab");
    return server;
  }

  private void initialize(Certificate certificate) throws IOException {
    Shell.run("install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", dir.toString());
    Shell.run(
        asPostgres(
            "initdb",
            "-D",
            data(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C"));
    Files.writeString(
        dir.resolve("data/pg_hba.conf"),
        "host all all 192.0.2.0/24 trust\nhost all all 198.51.100.0/24 trust\n",
        StandardOpenOption.APPEND);
    Path key = dir.resolve("server.key");
    Shell.run("install", "-o", "postgres", "-m", "600", certificate.key().toString(), "" + key);
    Files.writeString(
        dir.resolve("data/postgresql.conf"),
        """
        listen_addresses = '%s'
        port = %d
        unix_socket_directories = '%s'
        fsync = off
        max_connections = 200
        ssl = on
        ssl_key_file = '%s'
        ssl_cert_file = '%s'
        """
            .formatted(Network.SERVER, port, dir, key, certificate.certificate()),
        StandardOpenOption.APPEND);
  }

  private List<String> asPostgres(String program, String... arguments) {
    List<String> command = new ArrayList<>(AS_POSTGRES);
    command.add("--");
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private String data() {
    return dir.resolve("data").toString();
  }

  /** Through its unix socket, which no fault of the network reaches. */
  private String sql(String... statements) {
    List<String> command =
        new ArrayList<>(
            List.of(
                bin.resolve("psql").toString(),
                "-h",
                dir.toString(),
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-Atqv",
                "ON_ERROR_STOP=1"));
    for (String statement : statements) {
      command.add("-c");
      command.add(statement);
    }
    return Shell.run(command);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String url(int byWayOf, boolean tls) {
    return "jdbc:postgresql://%s:%d/postgres?user=lab&sslmode=%s&connectTimeout=5&socketTimeout=5"
            .formatted(Network.SERVER, byWayOf, tls ? "require" : "disable")
        + "&tcpKeepAlive=true";
  }

  @Override
  public void start() {
    Shell.run(
        network.atServer(
            asPostgres(
                "pg_ctl", "-D", data(), "-w", "-l", dir.resolve("log").toString(), "start")));
  }

  @Override
  public void crash() {
    Shell.run(asPostgres("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop"));
  }

  @Override
  public void freeze() {
    ProcessHandle postmaster = postmaster();
    // The postmaster first, or it might answer a connect with one more process.
    signal("-STOP", List.of(postmaster));
    frozen.add(postmaster);
    List<ProcessHandle> children = postmaster.children().toList();
    signal("-STOP", children);
    frozen.addAll(children);
  }

  @Override
  public void thaw() {
    if (!frozen.isEmpty()) {
      // The postmaster last: it forgets children that have ended, and to signal those is an error.
      Collections.reverse(frozen);
      signal("-CONT", frozen);
      frozen.clear();
    }
  }

  private ProcessHandle postmaster() {
    try (Stream<String> lines = Files.lines(dir.resolve("data/postmaster.pid"))) {
      return ProcessHandle.of(Long.parseLong(lines.findFirst().orElseThrow())).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void signal(String name, List<ProcessHandle> processes) {
    List<String> command = new ArrayList<>(List.of("kill", name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    Shell.run(command);
  }

  @Override
  public long killSessions() {
    String answer =
        sql(
            "SELECT extract(epoch FROM clock_timestamp())",
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity" + OF_POOLS);
    return Clocks.nanoTime(Double.parseDouble(answer.lines().findFirst().orElseThrow()));
  }

  @Override
  public int sessions() {
    return Integer.parseInt(sql("SELECT count(*) FROM pg_stat_activity" + OF_POOLS).trim());
  }

  @Override
  public void readOnly(boolean on) {
    sql(
        "ALTER SYSTEM SET default_transaction_read_only = " + (on ? "on" : "off"),
        "SELECT pg_reload_conf()");
    LockSupport.parkNanos(RELOAD_NANOS);
  }

  @Override
  public void idleLimit(int seconds) {
    sql("ALTER SYSTEM SET idle_session_timeout = '" + seconds + "s'", "SELECT pg_reload_conf()");
  }

  @Override
  public void close() {
    if (Files.exists(dir.resolve("data/postmaster.pid"))) {
      thaw();
      crash();
    }
  }
}
