package dev.tidepool.bench.load;

import dev.tidepool.bench.compare.Effort;

/**
 * When times are taken, by {@link System#nanoTime()}.
 *
 * @param start when the threads begin
 * @param from when the measurement begins
 * @param to when it ends, and the threads too
 */
record Window(long start, long from, long to) {
  static Window of(Effort effort) {
    long start = System.nanoTime();
    long from = start + effort.warmUp().toNanos();
    return new Window(start, from, from + effort.measure().toNanos());
  }

  boolean measures(long time) {
    return time - from >= 0 && time - to < 0;
  }
}
