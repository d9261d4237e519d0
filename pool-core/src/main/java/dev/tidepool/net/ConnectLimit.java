package dev.tidepool.net;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;

/** An ordinary socket whose TCP handshake takes no longer than the pool allows. */
final class ConnectLimit extends Socket {
  private final int limitMillis;

  /**
   * An unconnected socket.
   *
   * @param limitMillis 0 for none
   */
  ConnectLimit(int limitMillis) {
    this.limitMillis = checked(limitMillis);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    super.connect(endpoint, timeout < 0 ? timeout : smaller(timeout, limitMillis));
  }

  /** The smaller of two bounds, where 0 is none. */
  static int smaller(int one, int other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }

  static int checked(int limitMillis) {
    if (limitMillis < 0) {
      throw new IllegalArgumentException("connect limit < 0: " + limitMillis);
    }
    return limitMillis;
  }
}
