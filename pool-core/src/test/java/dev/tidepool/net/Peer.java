package dev.tidepool.net;

import dev.tidepool.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A pool socket and the other end of its connection, an ordinary one. */
final class Peer implements AutoCloseable {
  final PoolSocket socket;
  final Socket far;

  Peer() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      socket = PoolSocket.open(0);
      socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      far = server.accept();
    }
  }

  void say(int b) throws IOException {
    far.getOutputStream().write(b);
  }

  int hear() throws IOException {
    return socket.getInputStream().read();
  }

  /** Ends the connection with a reset. */
  void reset() throws IOException {
    far.setSoLinger(true, 0);
    far.close();
  }

  void awaitNews() {
    Await.until("news", socket::hasNews);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    far.close();
  }

  /** A call on a thread of its own, which has gone as far as it can when this returns. */
  static final class Blocked<T> {
    final FutureTask<T> outcome;
    final Thread thread;

    Blocked(Callable<T> call) {
      outcome = new FutureTask<>(call);
      thread = new Thread(outcome, "blocked");
      thread.setDaemon(true);
      thread.start();
      awaitInSelect();
    }

    void awaitInSelect() {
      Await.until("thread is in its selector", this::isInSelect);
    }

    private boolean isInSelect() {
      for (StackTraceElement frame : thread.getStackTrace()) {
        if (frame.getClassName().contains("Selector") && frame.getMethodName().equals("select")) {
          return true;
        }
      }
      return false;
    }
  }
}
