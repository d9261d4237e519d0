package dev.tidepool.internal.inventory;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failed connects: 100 ms, doubling up to 5 s, each shortened by up to half
 * at random, so that many pools do not come back at the same moment. Not thread-safe; guarded by
 * the inventory's lock.
 */
final class Backoff {
  private static final long FIRST_NANOS = 100_000_000L;
  private static final long LONGEST_NANOS = 5_000_000_000L;

  private int failures;
  private long retryAt;

  /** Consecutive failures so far. */
  int failures() {
    return failures;
  }

  boolean isOver(long now) {
    return failures == 0 || now - retryAt >= 0;
  }

  /** Notes a failure and returns the time until the next attempt may start. */
  long failed(long now) {
    long full = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(failures, 10));
    failures++;
    long delay = full - (long) (full * 0.5 * ThreadLocalRandom.current().nextDouble());
    retryAt = now + delay;
    return delay;
  }

  /** Notes a success; returns how many failures it ended. */
  int succeeded() {
    int ended = failures;
    failures = 0;
    return ended;
  }
}
