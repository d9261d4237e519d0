package dev.tidepool.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real HAProxy on loopback; the test is skipped if there is none. */
public final class HaProxy implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

  private final Process process;
  private final int port;

  private HaProxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * A proxy that closes, on both sides, what is silent for so long.
   *
   * @param dir for its configuration and its log
   * @param idle as HAProxy has it, such as {@code 2s}
   */
  public static HaProxy start(Path dir, int target, String idle) throws IOException {
    Commands.skipUnless(Files.isExecutable(PROGRAM), "no HAProxy: " + PROGRAM);
    int port = Commands.freePort();
    Path file =
        Files.writeString(
            dir.resolve("haproxy.cfg"),
            """
            global
              maxconn 200
            defaults
              mode tcp
              timeout connect 2s
              timeout client %s
              timeout server %s
            listen database
              bind 127.0.0.1:%d
              server s1 127.0.0.1:%d
            """
                .formatted(idle, idle, port, target));
    Process process =
        new ProcessBuilder(List.of(PROGRAM.toString(), "-db", "-f", file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("haproxy.log").toFile())
            .start();
    HaProxy proxy = new HaProxy(process, port);
    Await.until("HAProxy listens", () -> Commands.isListening(port));
    return proxy;
  }

  /** The port to connect to. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
