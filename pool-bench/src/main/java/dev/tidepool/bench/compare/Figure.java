package dev.tidepool.bench.compare;

/** What can be measured, and how reports call it. */
public enum Figure {
  /** Time of one operation in one thread. */
  NANOS("nsPerOp", "ns/op"),
  /** Processor time of the measured threads for one operation. */
  CPU_NANOS("cpuNsPerOp", "CPU ns/op"),
  /** Allocated by one operation. */
  BYTES("bytesPerOp", "B/op"),
  /** Operations of all threads. */
  THROUGHPUT("perSecond", "ops/s"),
  /** Median time. */
  P50("p50Us", "p50 us"),
  /** Time that one in a hundred exceeds. */
  P99("p99Us", "p99 us"),
  /** Time that one in a thousand exceeds. */
  P999("p999Us", "p99.9 us"),
  /** Longest time. */
  MAX("maxUs", "max us"),
  /** As {@link #P999}, but from when it was called to granted, however late it was called. */
  CALL_P999("callP999Us", "p99.9 us of the call alone"),
  /** Processor time of the whole process for one operation. */
  CPU_MICROS("cpuUsPerOp", "CPU us/op"),
  /** Operations of the thread that had the fewest, relative to the mean. */
  SLOWEST("slowestThread", "slowest thread / mean"),
  /** Operations that ended with an exception. */
  FAILED("failed", "failed"),
  /** When the last borrower of a burst had a connection. */
  LAST_SERVED("lastServedMs", "last served ms"),
  /** The same of the slowest burst. */
  WORST_LAST_SERVED("worstLastServedMs", "slowest burst ms"),
  /** Connects under way at once, at most. */
  MOST_CONNECTS("mostConnects", "most connects at once"),
  /** Bursts of borrowers on an empty pool. */
  BURSTS("bursts", "bursts"),
  /** Bursts in which somebody was not served. */
  LOST("lostBursts", "bursts with a lost request"),
  /** Connections opened while measuring. */
  REPLACED("replaced", "connections replaced"),
  /** The slice of time with the highest 99.9th percentile. */
  WORST_SLICE("worstSliceP999Us", "p99.9 us, worst slice"),
  /** The 99.9th percentile of the median slice. */
  USUAL_SLICE("usualSliceP999Us", "p99.9 us, median slice"),
  /** Operations of the slice with the fewest, relative to the median slice. */
  LOWEST_SLICE("lowestSlice", "fewest ops in a slice / median"),
  /** Threads that the pools have started. */
  THREADS("threads", "threads"),
  /** Processor time of the process, of one processor. */
  CPU_PERCENT("cpuPercent", "CPU % of a core"),
  /** Live heap of one pool with its connections. */
  HEAP("heapKbPerPool", "heap KiB per pool"),
  /** Connections that were open in the end. */
  OPEN("open", "open connections"),
  /** Time of one operation on a small pool nobody else uses. */
  SMALL_NANOS("smallNsPerOp", "ns/op, pool of 10"),
  /** Time of one operation on a large pool that is nearly empty. */
  LARGE_NANOS("largeNsPerOp", "ns/op, 95 % of 1,000 in use"),
  /** {@link #LARGE_NANOS} by {@link #SMALL_NANOS}. */
  GROWTH("largeToSmall", "large / small");

  private final String key;
  private final String title;

  Figure(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Its name in JSON. */
  public String key() {
    return key;
  }

  /** Its name in tables, with the unit. */
  public String title() {
    return title;
  }

  /** The figure of that name in JSON. */
  static Figure ofKey(String key) {
    for (Figure figure : values()) {
      if (figure.key.equals(key)) {
        return figure;
      }
    }
    throw new IllegalArgumentException("no figure is called " + key);
  }
}
