package dev.tidepool.api;

import java.util.Locale;

/**
 * The role a server must have for its connections to be used. Its text form is the name in lower
 * case.
 */
public enum Role {
  /** Any server will do. */
  ANY,
  /** A server that accepts writes. */
  PRIMARY,
  /** A read-only copy. */
  STANDBY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
