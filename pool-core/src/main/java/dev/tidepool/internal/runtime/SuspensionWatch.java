package dev.tidepool.internal.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the machine was suspended.
 *
 * <p>{@link System#nanoTime} stands still meanwhile on Linux: after a night every connection would
 * look as if it had spoken just now, and be lent without a look, although its server and all that
 * lies between have long forgotten it. The time since boot includes the suspended time, but is to
 * be had from a file only, and a file may be slow. So it is read where the wall clock has leapt
 * ahead of the monotonic one, and tells a suspended machine from a clock that was set.
 *
 * <p>Where there is no such file nothing is ever noticed. {@link #hasLeapt} is for one thread; all
 * else may be called by any.
 */
final class SuspensionWatch {
  /** Less is no reason to doubt a connection. */
  private static final long LEAP_MILLIS = 1_000;

  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final Logger log = LoggerFactory.getLogger(SuspensionWatch.class);

  private final LongSupplier monotonic;
  private final LongSupplier wallMillis;
  private final LongSupplier sinceBoot;

  /** Of one thread: the wall clock less the monotonic one, in milliseconds. */
  private long wallAhead;

  private final ReentrantLock reading = new ReentrantLock();

  /** Guarded by that: the time since boot less the monotonic one. */
  private long bootAhead;

  /**
   * A watch over these clocks.
   *
   * @param sinceBoot nanoseconds, or {@code Long.MIN_VALUE} where that cannot be had
   */
  SuspensionWatch(LongSupplier monotonic, LongSupplier wallMillis, LongSupplier sinceBoot) {
    this.monotonic = monotonic;
    this.wallMillis = wallMillis;
    this.sinceBoot = sinceBoot;
    this.wallAhead = wallAhead();
    this.bootAhead = bootAhead();
  }

  /** A watch over this machine. */
  static SuspensionWatch ofThisMachine() {
    return new SuspensionWatch(
        System::nanoTime, System::currentTimeMillis, SuspensionWatch::sinceBoot);
  }

  /** Whether to ask {@link #suspendedFor}; reads two clocks, to be called on each tick. */
  boolean hasLeapt() {
    long before = wallAhead;
    wallAhead = wallAhead();
    return wallAhead - before > LEAP_MILLIS;
  }

  /** For how many nanoseconds the machine was suspended since the last call; reads a file. */
  long suspendedFor() {
    reading.lock();
    try {
      long before = bootAhead;
      bootAhead = bootAhead();
      boolean known = before != UNKNOWN && bootAhead != UNKNOWN;
      return known && bootAhead - before > LEAP_MILLIS * 1_000_000 ? bootAhead - before : 0;
    } finally {
      reading.unlock();
    }
  }

  private long wallAhead() {
    return wallMillis.getAsLong() - monotonic.getAsLong() / 1_000_000;
  }

  private long bootAhead() {
    long boot = sinceBoot.getAsLong();
    return boot == UNKNOWN ? UNKNOWN : boot - monotonic.getAsLong();
  }

  /** Nanoseconds since this machine was booted, the suspended time included. */
  static long sinceBoot() {
    try {
      String text = Files.readString(UPTIME);
      return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1e9);
    } catch (IOException | RuntimeException e) { // no such file, or not what Linux writes
      log.debug("tidepool: a suspended machine will not be noticed", e);
      return UNKNOWN;
    }
  }
}
