package dev.tidepool.internal.inventory;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failed connects: 100 ms, doubling up to 5 s, or up to 800 ms while
 * somebody waits for a connection; each shortened by up to half at random, so that many pools do
 * not come back at the same moment. Not thread-safe; guarded by the lock of Places.
 */
final class Backoff {
  private static final long FIRST_NANOS = 100_000_000L;
  private static final long LONGEST_NANOS = 5_000_000_000L;
  private static final long LONGEST_AWAITED_NANOS = 800_000_000L;

  private int failures;
  private long failedAt;
  private long delay;
  private long awaitedDelay;

  /** Consecutive failures so far. */
  int failures() {
    return failures;
  }

  /**
   * Whether the next attempt may start.
   *
   * @param awaited whether somebody waits for it
   */
  boolean isOver(long now, boolean awaited) {
    return failures == 0 || now - failedAt >= (awaited ? awaitedDelay : delay);
  }

  /** Notes a failure. */
  void failed(long now) {
    long full = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(failures, 10));
    double share = 1 - 0.5 * ThreadLocalRandom.current().nextDouble();
    failures++;
    failedAt = now;
    delay = (long) (full * share);
    awaitedDelay = (long) (Math.min(full, LONGEST_AWAITED_NANOS) * share);
  }

  /** Time from the last failure to the next attempt. */
  long delay() {
    return delay;
  }

  /** The same while somebody waits. */
  long awaitedDelay() {
    return awaitedDelay;
  }

  /** Notes a success; returns how many failures it ended. */
  int succeeded() {
    int ended = failures;
    failures = 0;
    return ended;
  }
}
