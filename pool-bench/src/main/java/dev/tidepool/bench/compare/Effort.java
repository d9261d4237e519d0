package dev.tidepool.bench.compare;

import java.time.Duration;

/**
 * How much time and work one turn may take.
 *
 * @param warmUp time before the measurement
 * @param measure time of the measurement
 * @param scale the share of pools, bursts and lifetimes that a scenario has in its full form; 1 for
 *     anything that is to be believed, less for a test that it runs at all
 */
public record Effort(Duration warmUp, Duration measure, double scale) {
  /** So many in the full form; fewer in a scaled one, but at least one. */
  public int scaled(int full) {
    return Math.max(1, (int) Math.round(full * scale));
  }
}
