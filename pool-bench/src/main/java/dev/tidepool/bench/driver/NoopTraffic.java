package dev.tidepool.bench.driver;

import java.util.concurrent.atomic.AtomicInteger;

/** What the no-op driver of this JVM was asked for. Only connects and closes pay for it. */
public final class NoopTraffic {
  private static final AtomicInteger UNDER_WAY = new AtomicInteger();
  private static final AtomicInteger MOST_UNDER_WAY = new AtomicInteger();
  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final AtomicInteger CONNECTS = new AtomicInteger();

  private NoopTraffic() {}

  static void connecting() {
    MOST_UNDER_WAY.accumulateAndGet(UNDER_WAY.incrementAndGet(), Math::max);
  }

  static void connected() {
    UNDER_WAY.decrementAndGet();
    OPEN.incrementAndGet();
    CONNECTS.incrementAndGet();
  }

  static void closed() {
    OPEN.decrementAndGet();
  }

  /** Connections that are open now. */
  public static int open() {
    return OPEN.get();
  }

  /** Connections that were ever opened. */
  public static int connects() {
    return CONNECTS.get();
  }

  /** The most connects that were under way at once since this was last asked. */
  public static int takeMostUnderWay() {
    return MOST_UNDER_WAY.getAndSet(UNDER_WAY.get());
  }
}
