package dev.tidepool.bench.faults.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A proxy beside the server. */
final class Middleman implements AutoCloseable {
  /** Where every proxy listens; there is one at a time. */
  static final int PORT = 6_000;

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Process process;
  private final Path dir;

  private Middleman(Network network, Path dir, List<String> command) {
    this.dir = dir;
    try {
      process =
          new ProcessBuilder(network.atServer(command))
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("proxy.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitListening(network);
  }

  private void awaitListening(Network network) {
    long end = System.nanoTime() + START_NANOS;
    List<String> look = network.atServer(List.of("ss", "-tlnH", "sport", "=", ":" + PORT));
    while (Shell.run(look).isBlank()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        process.destroyForcibly();
        throw new RigException("the proxy does not listen\n" + read(dir.resolve("proxy.log")));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * HAProxy before one server and, if there is another, one that takes over.
   *
   * @param ports of the servers
   * @param idleSeconds ends what is quiet for longer
   */
  static Middleman haproxy(Network network, Path dir, List<Integer> ports, int idleSeconds) {
    StringBuilder servers = new StringBuilder();
    for (int i = 0; i < ports.size(); i++) {
      servers.append(
          "  server s%d %s:%d%s%n"
              .formatted(i, Network.SERVER, ports.get(i), i == 0 ? "" : " backup"));
    }
    Path file =
        write(
            dir.resolve("haproxy.cfg"),
            """
            global
              maxconn 200
              stats socket %s level admin
            defaults
              mode tcp
              timeout connect 2s
              timeout client %ds
              timeout server %ds
            listen lab
              bind %s:%d
            %s\
            """
                .formatted(
                    dir.resolve("admin"), idleSeconds, idleSeconds, Network.SERVER, PORT, servers));
    return new Middleman(
        network, dir, List.of(Tools.HAPROXY.toString(), "-db", "-f", file.toString()));
  }

  /** New connections go to the second server of HAProxy; present ones stay where they are. */
  void switchOver() {
    try (SocketChannel admin = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      admin.connect(UnixDomainSocketAddress.of(dir.resolve("admin")));
      admin.write(
          ByteBuffer.wrap("set server lab/s0 state maint\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(1_024);
      while (admin.read(answer) > 0) {
        // Up to its end: then it is done.
      }
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
      if (!text.isBlank()) {
        throw new RigException("HAProxy said " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** nginx passing a stream on, and ending what is quiet for longer. */
  static Middleman nginx(Network network, Path dir, int port, int idleSeconds) {
    Path file =
        write(
            dir.resolve("nginx.conf"),
            """
            load_module %s;
            daemon off; master_process off; user root;
            pid %s; error_log %s;
            events { worker_connections 256; }
            stream { server { listen %s:%d; proxy_connect_timeout 2s; proxy_timeout %ds;
              proxy_pass %s:%d; } }
            """
                .formatted(
                    Tools.NGINX_STREAM,
                    dir.resolve("nginx.pid"),
                    dir.resolve("nginx.log"),
                    Network.SERVER,
                    PORT,
                    idleSeconds,
                    Network.SERVER,
                    port));
    return new Middleman(network, dir, List.of(Tools.NGINX.toString(), "-c", file.toString()));
  }

  /** PgBouncer, ending clients that are quiet for longer. */
  static Middleman pgbouncer(
      Network network, Path dir, int port, String mode, int idleSeconds, Certificate certificate) {
    Path key = dir.resolve("pgbouncer.key");
    Shell.run("install", "-o", "postgres", "-m", "600", certificate.key().toString(), "" + key);
    Path file =
        write(
            dir.resolve("pgbouncer.ini"),
            """
            [databases]
            postgres = host=%s port=%d dbname=postgres user=lab
            [pgbouncer]
            listen_addr = %s
            listen_port = %d
            unix_socket_dir =
            auth_type = any
            pool_mode = %s
            client_idle_timeout = %d
            ignore_startup_parameters = extra_float_digits
            max_client_conn = 200
            default_pool_size = 20
            client_tls_sslmode = allow
            client_tls_key_file = %s
            client_tls_cert_file = %s
            server_tls_sslmode = disable
            """
                .formatted(
                    Network.SERVER,
                    port,
                    Network.SERVER,
                    PORT,
                    mode,
                    idleSeconds,
                    key,
                    certificate.certificate()));
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
    command.addAll(List.of(Tools.PGBOUNCER.toString(), file.toString()));
    return new Middleman(network, dir, command);
  }

  @Override
  public void close() {
    process.destroy();
    if (!Shell.hasEnded(process, 5)) {
      Shell.kill(process);
    }
  }
}
