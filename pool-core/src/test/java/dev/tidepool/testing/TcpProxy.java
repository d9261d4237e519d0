package dev.tidepool.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Stands between pool and server, on loopback: where new connections lead can be changed, and what
 * is open can fall silent as if the path had forgotten it. Nothing is closed then; neither side
 * hears from the other again.
 */
public final class TcpProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Set<Flow> flows = ConcurrentHashMap.newKeySet();
  private volatile int target;

  /** A proxy to this port of loopback. */
  public TcpProxy(int target) throws IOException {
    this.target = target;
    daemon(this::accept);
  }

  private record Flow(Socket client, Socket server, Silence silence) {
    boolean isSilent() {
      return silence.on;
    }

    void close() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.close();
        } catch (IOException e) {
          throw new AssertionError("a test's own socket does not close", e);
        }
      }
    }
  }

  private static final class Silence {
    private volatile boolean on;
  }

  /** The port to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** New connections lead there from now on. */
  public void leadTo(int port) {
    target = port;
  }

  /** Every connection that is open now falls silent for ever. */
  public void silenceAll() {
    silence(flow -> true);
  }

  /** The connection that the server sees coming from this port falls silent for ever. */
  public void silence(int portSeenByServer) {
    silence(flow -> flow.server.getLocalPort() == portSeenByServer);
  }

  private void silence(Predicate<Flow> which) {
    flows.stream().filter(which).forEach(flow -> flow.silence.on = true);
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        // Closed by the test, which the condition of the loop tells, or the client is gone already.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      client.close(); // nobody there: the client hears of it as it would without a proxy
      return;
    }
    Flow flow = new Flow(client, server, new Silence());
    flows.add(flow);
    daemon(() -> pump(flow, client, server));
    daemon(() -> pump(flow, server, client));
  }

  private void pump(Flow flow, Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = 0; n >= 0; n = from.getInputStream().read(buffer)) {
        if (!flow.isSilent()) {
          to.getOutputStream().write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // Reset by one side, or closed by the other direction: the end of this flow, as below.
      flow.client.isClosed();
    }
    if (!flow.isSilent()) {
      flows.remove(flow);
      flow.close();
    }
  }

  /** Closes everything, silent connections too. */
  @Override
  public void close() throws IOException {
    listener.close();
    flows.forEach(Flow::close);
  }
}
