package dev.tidepool.bench.faults.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A proxy in a JVM of its own that can lay a trap: it resets all connections and from then on takes
 * every second new one without ever answering, until it is told to let all pass again.
 */
public final class Tarpit {
  /** The order to lay the trap. */
  static final String TRAP = "TRAP";

  /** The order to let new connections pass. */
  static final String PASS = "PASS";

  /** The answer to an order, and the first line when it listens. */
  static final String DONE = "DONE";

  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean trap;

  private Tarpit(InetSocketAddress target, ServerSocket listener) {
    this.target = target;
    this.listener = listener;
  }

  /** Takes address, port to listen on and port to pass to; obeys until its input ends. */
  public static void main(String[] args) throws IOException {
    InetAddress address = InetAddress.getByName(args[0]);
    try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[1]), 200, address)) {
      InetSocketAddress target = new InetSocketAddress(address, Integer.parseInt(args[2]));
      Tarpit tarpit = new Tarpit(target, listener);
      start(tarpit::accept);
      System.out.println(DONE);
      tarpit.obey();
    }
    Runtime.getRuntime().halt(0);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "tarpit");
    thread.setDaemon(true);
    thread.start();
  }

  private void obey() throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      trap = order.equals(TRAP);
      if (trap) {
        for (Socket socket : open) {
          reset(socket);
        }
      }
      System.out.println(DONE);
    }
  }

  private void accept() {
    for (int trapped = 0; ; ) {
      try {
        Socket client = listener.accept();
        // The first of two, so that even a pool that dials one at a time meets it at once.
        if (trap && trapped++ % 2 == 0) {
          continue;
        }
        open.add(client);
        Socket server = new Socket();
        open.add(server);
        server.connect(target, 2_000);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        start(() -> pump(client, server));
        start(() -> pump(server, client));
      } catch (IOException e) {
        // A client that is gone already, or the end of this JVM.
        System.err.println(e);
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8_192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side is gone, and so both are closed: that is what a proxy passes on.
      System.err.println(e);
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      System.err.println("was closed already: " + e);
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}
