package dev.tidepool.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of database drivers, so that the pool can set their TCP keepalive and can close
 * them under a hung driver. Drivers create it by its name: pgjdbc as {@code socketFactory} and
 * {@code socketFactoryArg}, SQL Server as {@code socketFactoryClass} and {@code
 * socketFactoryConstructorArg}, MariaDB as {@code socketFactory}.
 *
 * <p>The pool names it by itself where {@code tcpKeepAlive} or {@code idleWatch} is on; nobody else
 * needs it. Safe for use by several threads.
 */
public final class PoolSocketFactory extends SocketFactory {
  private final @Nullable AttemptSockets attempt;
  private final @Nullable KeepAlive keepAlive;

  /**
   * For a driver that passes no argument: the attempt is the one that runs on this thread, if any.
   */
  public PoolSocketFactory() {
    this(null);
  }

  /**
   * For a driver that passes an argument.
   *
   * @param argument as the pool wrote it: the attempt's mark and number, and the keepalive times;
   *     null as without one
   * @throws IllegalArgumentException if the pool did not write it
   */
  public PoolSocketFactory(@Nullable String argument) {
    if (argument == null) {
      this.attempt = AttemptSockets.ofThread();
      this.keepAlive = null;
      return;
    }
    String[] parts = argument.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "socket factory argument '"
              + argument
              + "' was not written by the pool; remove socketFactory="
              + PoolSocketFactory.class.getName()
              + " from the properties, the pool adds it by itself");
    }
    // Unknown here are an attempt of another copy of this class, and one that is over (of a driver
    // that reconnects by itself): their sockets get the options, but nobody can cut them off.
    this.attempt = AttemptSockets.find(parts[0], parts[1]);
    this.keepAlive = parts[2].equals("off") ? null : times(parts[2]);
  }

  private static KeepAlive times(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("keepalive times '" + text + "' are not three numbers");
    }
    try {
      return new KeepAlive(
          Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("keepalive times '" + text + "' are not three numbers", e);
    }
  }

  /** An unconnected socket with its options set. */
  @Override
  public Socket createSocket() throws IOException {
    if (attempt != null) {
      return attempt.open();
    }
    return plain();
  }

  private Socket plain() throws IOException {
    Socket socket = new Socket();
    boolean done = false;
    try {
      if (keepAlive != null) {
        keepAlive.apply(socket);
      }
      done = true;
      return socket;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(null, new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connect(new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connect(null, new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connect(new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
  }

  private Socket connect(@Nullable InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    Socket socket = createSocket();
    boolean connected = false;
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(remote);
      connected = true;
      return socket;
    } finally {
      if (!connected) {
        socket.close();
      }
    }
  }
}
