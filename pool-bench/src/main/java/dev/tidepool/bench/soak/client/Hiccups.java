package dev.tidepool.bench.soak.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine keeps a thread waiting that has nothing to do but to wake up: what comes
 * late while everything comes late is not the pool's fault.
 */
final class Hiccups implements Runnable {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long WORTH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int MOST = 10_000;

  private record Hiccup(long end, long nanos) {}

  // guarded by this
  private final Deque<Hiccup> newest = new ArrayDeque<>();

  private volatile boolean stopping;

  @Override
  public void run() {
    long before = System.nanoTime();
    while (!stopping) {
      LockSupport.parkNanos(STEP_NANOS);
      long now = System.nanoTime();
      long late = now - before - STEP_NANOS;
      if (late > WORTH_NANOS) {
        add(new Hiccup(now, late));
      }
      before = now;
    }
  }

  private synchronized void add(Hiccup hiccup) {
    if (newest.size() == MOST) {
      newest.removeFirst();
    }
    newest.addLast(hiccup);
  }

  /** All delays together since a moment. */
  synchronized long since(long begin) {
    long sum = 0;
    for (var each = newest.descendingIterator(); each.hasNext(); ) {
      Hiccup hiccup = each.next();
      if (hiccup.end - begin < 0) {
        break;
      }
      sum += Math.min(hiccup.nanos, hiccup.end - begin);
    }
    return sum;
  }

  void stop() {
    stopping = true;
  }
}
