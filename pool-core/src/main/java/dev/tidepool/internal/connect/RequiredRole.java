package dev.tidepool.internal.connect;

/** What the server at the other end must be. */
public enum RequiredRole {
  /** Anything; nothing is asked. */
  ANY,
  /** A server that takes writes. */
  PRIMARY,
  /** A replica. */
  STANDBY
}
