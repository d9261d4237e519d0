package dev.tidepool.bench.soak.client;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Times that the report names. Safe for use by several threads. */
final class Latencies {
  private final AtomicLong longestBorrow = new AtomicLong();
  private final AtomicLong longestOver = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong longestRecovery = new AtomicLong();
  private final AtomicLong newest = new AtomicLong(System.nanoTime());
  private final LongAdder calm = new LongAdder();
  private final AtomicReference<Change> longestChange = new AtomicReference<>(new Change("", 0));

  /** What an operator did, and how long that took. */
  private record Change(String name, long nanos) {}

  void borrowed(long took, long over) {
    longestBorrow.accumulateAndGet(took, Math::max);
    longestOver.accumulateAndGet(over, Math::max);
  }

  void servedInCalm(long when) {
    calm.increment();
    served(when);
  }

  void served(long when) {
    newest.accumulateAndGet(when, Math::max);
  }

  /** When a borrowed connection last worked. */
  long newest() {
    return newest.get();
  }

  void recovered(long nanos) {
    longestRecovery.accumulateAndGet(nanos, Math::max);
  }

  /** What has to return at once did so after that time, hiccups of the machine apart. */
  void changed(String what, long nanos) {
    longestChange.accumulateAndGet(new Change(what, nanos), (a, b) -> a.nanos >= b.nanos ? a : b);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "longest getConnection %d ms, %s; at most %d ms from a repair to the next borrow that"
            + " worked; %d borrows were judged by calm's standard; longest change that waits for"
            + " nobody: %s, %d ms, hiccups apart",
        TimeUnit.NANOSECONDS.toMillis(longestBorrow.get()),
        longestOver.get() > 0
            ? "at most "
                + TimeUnit.NANOSECONDS.toMillis(longestOver.get())
                + " ms over its bound, hiccups of the machine apart"
            : "never over its bound",
        TimeUnit.NANOSECONDS.toMillis(longestRecovery.get()),
        calm.sum(),
        longestChange.get().name,
        TimeUnit.NANOSECONDS.toMillis(longestChange.get().nanos));
  }
}
