package dev.tidepool.internal.connect;

/** What an attempt is told that nobody but the opener of sockets has to know. */
public final class AttemptLimits {
  private AttemptLimits() {}

  /** Bound of each TCP handshake in milliseconds; 0 for none. */
  public static int tcpConnectMillis(ConnectAttempt attempt) {
    return attempt.tcpConnectLimitMillis();
  }
}
