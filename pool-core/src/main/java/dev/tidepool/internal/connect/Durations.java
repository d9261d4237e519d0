package dev.tidepool.internal.connect;

import java.time.Duration;

/** Durations as JDBC wants them. */
final class Durations {
  private Durations() {}

  /** Seconds, rounded up, at least one: zero would mean "no limit" to a driver. */
  static int wholeSeconds(Duration duration) {
    long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
    return (int) Math.max(1, Math.min(seconds, Integer.MAX_VALUE));
  }

  /** Milliseconds, at least one: zero would mean "no limit" to a driver. */
  static int millis(Duration duration) {
    // Beyond what an int holds, only the cap matters, and toMillis would overflow.
    return duration.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) >= 0
        ? Integer.MAX_VALUE
        : (int) Math.max(1, duration.toMillis());
  }
}
