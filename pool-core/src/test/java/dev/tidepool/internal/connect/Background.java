package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assumptions;

/** Calls that hang, and what else happens beside a test. */
final class Background {
  private Background() {}

  /** Runs a call on a thread of its own and gives its outcome, a failure too. */
  static FutureTask<Throwable> run(Callable<?> call) {
    FutureTask<Throwable> outcome =
        new FutureTask<>(
            () -> {
              try {
                call.call();
                return null;
              } catch (Throwable e) {
                return e;
              }
            });
    Thread thread = new Thread(outcome, "background");
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  /** What {@code ss} says about the connections from a local port. */
  static String socketState(String localPort) throws IOException, InterruptedException {
    boolean there = Files.isExecutable(Path.of("/usr/bin/ss"));
    if (!there) {
      System.out.println("skipped: no ss to look at sockets with");
    }
    Assumptions.assumeTrue(there, "no ss to look at sockets with");
    Process ss =
        new ProcessBuilder("/usr/bin/ss", "-tno", "sport", "=", ":" + localPort)
            .redirectErrorStream(true)
            .start();
    String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(ss.waitFor()).isZero();
    return text;
  }

  /** A server that takes connections and never says a word. */
  static final class Mute implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> taken = new ArrayList<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final Thread acceptor;

    Mute() throws IOException {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      acceptor = new Thread(this::accept, "mute");
      acceptor.setDaemon(true);
      acceptor.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = server.accept();
          synchronized (taken) {
            taken.add(socket);
          }
          // The first bytes of the login, or the plain arrival where the server speaks first.
          reached.countDown();
        }
      } catch (IOException e) {
        // Closed: the test is over.
        reached.countDown();
      }
    }

    int port() {
      return server.getLocalPort();
    }

    void awaitConnection() {
      OpenerTest.await(reached);
    }

    @Override
    public void close() throws IOException {
      server.close();
      synchronized (taken) {
        for (Socket socket : taken) {
          socket.close();
        }
      }
    }
  }
}
