package dev.tidepool.bench.load;

import java.util.ArrayList;
import java.util.List;

/** What one borrower measured; written by it alone, read when it has ended. */
final class Taken {
  /** From the intended start. */
  final Waits waits = new Waits();

  /** From the actual start. */
  final Waits calls = new Waits();

  /** By slice, from the intended start; none if slices are not asked for. */
  final List<Waits> slices = new ArrayList<>();

  private final Window window;
  private final long sliceNanos;
  long done;
  long failed;

  Taken(Window window, long sliceNanos) {
    this.window = window;
    this.sliceNanos = sliceNanos;
    if (sliceNanos > 0) {
      for (long time = window.from(); time - window.to() < 0; time += sliceNanos) {
        slices.add(new Waits());
      }
    }
  }

  /**
   * Takes one operation down. One that waits beyond the end of the measurement has waited until the
   * end at least: without it, those that starve would not be seen at all.
   */
  void operation(long intended, long begun, long end) {
    boolean late = end - window.to() >= 0;
    if (late ? begun - window.to() >= 0 : !window.measures(end)) {
      return;
    }
    long seen = late ? window.to() : end;
    waits.add(seen - intended);
    calls.add(seen - begun);
    if (!late) {
      done++;
      if (sliceNanos > 0) {
        slices.get((int) ((end - window.from()) / sliceNanos)).add(end - intended);
      }
    }
  }
}
