package dev.tidepool.bench.faults.rig;

import java.time.Duration;
import java.time.Instant;

/** Two clocks of one machine. */
final class Clocks {
  private Clocks() {}

  /** What {@link System#nanoTime()} showed when the wall clock of this machine showed that. */
  static long nanoTime(double epochSeconds) {
    Instant wall = Instant.now();
    long now = System.nanoTime();
    long whole = (long) epochSeconds;
    Instant then = Instant.ofEpochSecond(whole, (long) ((epochSeconds - whole) * 1e9));
    return now - Duration.between(then, wall).toNanos();
  }
}
