package dev.tidepool.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs the programs that test servers are made of. */
public final class Commands {
  private Commands() {}

  /** Runs a program to its end; fails with its output if it does not succeed. */
  public static void run(Path log, List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended && process.exitValue() == 0)
        .as(() -> String.join(" ", command) + "\n" + read(log))
        .isTrue();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Whether this is root, whom some servers refuse to run as. */
  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** A port that was free a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether somebody accepts connections at a port of loopback. */
  static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Skips the test unless the condition holds, and says why on the console too. */
  public static void skipUnless(boolean condition, String reason) {
    if (!condition) {
      System.out.println("skipped: " + reason);
    }
    Assumptions.assumeTrue(condition, reason);
  }

  /** Writes {@code server.key} and {@code server.crt}, self-signed, into a directory. */
  static void certificate(Path dir) throws IOException, InterruptedException {
    skipUnless(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl to make a certificate");
    run(
        dir.resolve("openssl.log"),
        List.of(
            "/usr/bin/openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            dir.resolve("server.key").toString(),
            "-out",
            dir.resolve("server.crt").toString()));
  }
}
