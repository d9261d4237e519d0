package dev.tidepool.bench.soak.client;

import java.util.concurrent.TimeUnit;

/**
 * Which fault is on, as the laboratory tells it; before it injects one, and after all is repaired.
 */
final class Weather {
  /**
   * After the repair: calls that were under way may take their whole socket timeout of 5 s, and a
   * pool may pause between two connects.
   */
  private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(6);

  private volatile boolean fault;
  private volatile long since = System.nanoTime();

  void turnsBad() {
    fault = true;
  }

  void turnsGood() {
    since = System.nanoTime();
    fault = false;
  }

  /** Whether all has been well for so long that nothing may fail any more. */
  boolean isCalm() {
    return isFineFor(SETTLING_NANOS);
  }

  /** Whether no fault has been on for so long. */
  boolean isFineFor(long nanos) {
    long when = since;
    return !fault && System.nanoTime() - when > nanos;
  }

  /** When the last fault ended; of no meaning while one is on. */
  long since() {
    return since;
  }
}
