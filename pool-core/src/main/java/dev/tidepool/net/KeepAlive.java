package dev.tidepool.net;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * TCP keepalive of one socket: the kernel probes a silent peer, so that a dead one is found and a
 * firewall in between does not forget the flow.
 *
 * <p>The three times are options of module {@code jdk.net}. They are found by their names, so this
 * works without that module too; the times are then those of the operating system.
 *
 * @param idleSeconds silence after which the first probe is sent; -1 leaves it to the operating
 *     system
 * @param intervalSeconds time between two probes; -1 leaves it to the operating system
 * @param count unanswered probes after which the connection is dead; -1 leaves it to the operating
 *     system
 */
public record KeepAlive(int idleSeconds, int intervalSeconds, int count) {
  private static final String IDLE = "TCP_KEEPIDLE";
  private static final String INTERVAL = "TCP_KEEPINTERVAL";
  private static final String COUNT = "TCP_KEEPCOUNT";

  /** Nothing said: every time is the operating system's. */
  public static final KeepAlive SYSTEM = new KeepAlive(-1, -1, -1);

  /** Checks that each figure is positive, or -1. */
  public KeepAlive {
    if (invalid(idleSeconds) || invalid(intervalSeconds) || invalid(count)) {
      throw new IllegalArgumentException(
          "tcpKeepIdle, tcpKeepInterval and tcpKeepCount must be positive, or -1 for the operating"
              + " system's value: "
              + idleSeconds
              + ", "
              + intervalSeconds
              + ", "
              + count);
    }
  }

  private static boolean invalid(int value) {
    return value < 1 && value != -1;
  }

  /** Turns keepalive on, with the times this platform lets a socket have. */
  public void apply(Socket socket) throws IOException {
    socket.setKeepAlive(true);
    applyTimes(socket);
  }

  /** Sets the times only; whether keepalive is on stays as it is. */
  public void applyTimes(Socket socket) throws IOException {
    set(socket, IDLE, idleSeconds);
    set(socket, INTERVAL, intervalSeconds);
    set(socket, COUNT, count);
  }

  private static void set(Socket socket, String name, int value) throws IOException {
    SocketOption<Integer> option = value == -1 ? null : find(socket, name);
    if (option != null) {
      socket.setOption(option, value);
    }
  }

  @SuppressWarnings("unchecked") // the type is compared before the cast
  private static @Nullable SocketOption<Integer> find(Socket socket, String name) {
    for (SocketOption<?> option : socket.supportedOptions()) {
      if (option.name().equals(name) && option.type() == Integer.class) {
        return (SocketOption<Integer>) option;
      }
    }
    return null;
  }

  /**
   * What is really set, asked of the socket: {@code on, idle 45 s, interval 10 s, count 3}, or
   * {@code off}.
   *
   * @throws SocketException if the socket is closed
   */
  public static String describe(Socket socket) throws IOException {
    if (!socket.getOption(StandardSocketOptions.SO_KEEPALIVE)) {
      return "off";
    }
    SocketOption<Integer> idle = find(socket, IDLE);
    SocketOption<Integer> interval = find(socket, INTERVAL);
    SocketOption<Integer> count = find(socket, COUNT);
    if (idle == null || interval == null || count == null) {
      return "on, times of the operating system";
    }
    return "on, idle %d s, interval %d s, count %d"
        .formatted(socket.getOption(idle), socket.getOption(interval), socket.getOption(count));
  }
}
