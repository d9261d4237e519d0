package dev.tidepool.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Accepts connections on loopback, says nothing, and knows how many are open. */
public final class TinyServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Listens at once. */
  public TinyServer() {
    this(0);
  }

  /** Comes back where another one was closed. */
  public TinyServer(int port) {
    try {
      listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("tiny-server", this::accept);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) { // not until it is closed: one may come beside close(), and is ended below
        Socket socket = listener.accept();
        open.add(socket);
        start("tiny-session", () -> read(socket));
      }
    } catch (IOException e) {
      open.forEach(TinyServer::end);
    }
  }

  private void read(Socket socket) {
    try (socket) {
      int read;
      do {
        read = socket.getInputStream().read();
      } while (read >= 0);
    } catch (IOException e) {
      end(socket);
    } finally {
      open.remove(socket);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where {@link TinyDriver} finds it. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort() + "/tiny";
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Connections that nobody has closed. */
  public int open() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(TinyServer::end);
  }
}
