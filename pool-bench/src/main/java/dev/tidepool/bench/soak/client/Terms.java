package dev.tidepool.bench.soak.client;

import java.util.concurrent.TimeUnit;

/** What the pool may do at present, as far as it takes a memory of earlier settings to know. */
final class Terms {
  /** Whoever has a connection keeps it at most so long, maxBorrowTime included. */
  private static final long LONGEST_BORROW_NANOS = TimeUnit.SECONDS.toNanos(12);

  private int maximum;
  private int before;
  private long loweredAt = System.nanoTime() - LONGEST_BORROW_NANOS;

  Terms(int maximum) {
    this.maximum = maximum;
    before = maximum;
  }

  /** To be called before the pool is told. */
  synchronized void maximum(int size) {
    long now = System.nanoTime();
    if (size < maximum) {
      before = now - loweredAt < LONGEST_BORROW_NANOS ? Math.max(before, maximum) : maximum;
      loweredAt = now;
    }
    maximum = size;
  }

  /** What is too many after the maximum was lowered goes when it comes back. */
  synchronized int mostOpen() {
    boolean lately = System.nanoTime() - loweredAt < LONGEST_BORROW_NANOS;
    return lately ? Math.max(before, maximum) : maximum;
  }
}
