package dev.tidepool.internal.pool;

import java.time.Duration;

/** How long to wait for a timeout of the user's, which may be anything that a Duration can be. */
public final class Patience {
  /** More than this is more than nanoseconds can express, sooner or later. */
  public static final Duration LONGEST = Duration.ofDays(365);

  private Patience() {}

  /** None for a timeout below zero, and never more than {@link #LONGEST}. */
  public static Duration of(Duration timeout) {
    if (timeout.isNegative()) {
      return Duration.ZERO;
    }
    return timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
  }
}
