package dev.tidepool.internal.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monotonic time that goes on while the machine is suspended.
 *
 * <p>{@link System#nanoTime} stands still meanwhile on Linux: after a night every connection would
 * look as if it had spoken just now, and be lent without a look, although its server and all that
 * lies between have long forgotten it. The time since boot includes the suspended time, but is to
 * be had from a file only. So it is read once at first, and then where the wall clock has leapt
 * ahead of the monotonic one; it tells a suspended machine from a clock that was set.
 *
 * <p>Where there is no such file this is {@link System#nanoTime} and nothing else. Thread-safe.
 */
final class MachineClock {
  /** Less is no reason to doubt a connection. */
  private static final long LEAP_MILLIS = 1_000;

  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final Logger log = LoggerFactory.getLogger(MachineClock.class);

  /** The clock of this machine; below what it needs at once. */
  static final MachineClock INSTANCE =
      new MachineClock(System::nanoTime, System::currentTimeMillis, MachineClock::sinceBoot);

  private final LongSupplier monotonic;
  private final LongSupplier wallMillis;
  private final LongSupplier sinceBoot;

  /** By how much the time since boot was ahead at first. */
  private final long ahead;

  private final ReentrantLock looking = new ReentrantLock();

  /** Nanoseconds; written by who looks. */
  private volatile long suspended;

  /** Guarded by {@code looking}: the wall clock less the monotonic one, in milliseconds. */
  private long wallAhead;

  /**
   * A clock over these.
   *
   * @param sinceBoot nanoseconds, or {@code Long.MIN_VALUE} where that cannot be had
   */
  MachineClock(LongSupplier monotonic, LongSupplier wallMillis, LongSupplier sinceBoot) {
    this.monotonic = monotonic;
    this.wallMillis = wallMillis;
    this.sinceBoot = sinceBoot;
    this.ahead = ahead();
    this.wallAhead = wallAhead();
  }

  /** The time. */
  long nanoTime() {
    return monotonic.getAsLong() + suspended;
  }

  /**
   * Finds out whether the machine was suspended since the last look; to be called on each tick.
   *
   * @return for how long, in nanoseconds; 0 if it was not
   */
  long look() {
    if (ahead == UNKNOWN || !looking.tryLock()) {
      return 0;
    }
    try {
      long before = wallAhead;
      wallAhead = wallAhead();
      return wallAhead - before > LEAP_MILLIS ? gain() : 0;
    } finally {
      looking.unlock();
    }
  }

  private long gain() {
    long now = ahead();
    long gain = now == UNKNOWN ? 0 : now - ahead - suspended;
    if (gain < LEAP_MILLIS * 1_000_000 / 2) {
      return 0;
    }
    suspended = now - ahead;
    return gain;
  }

  private long wallAhead() {
    return wallMillis.getAsLong() - monotonic.getAsLong() / 1_000_000;
  }

  private long ahead() {
    long boot = sinceBoot.getAsLong();
    return boot == UNKNOWN ? UNKNOWN : boot - monotonic.getAsLong();
  }

  private static long sinceBoot() {
    try {
      String text = Files.readString(UPTIME);
      return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1e9);
    } catch (IOException | RuntimeException e) { // no such file, or not what Linux writes
      log.debug("tidepool: a suspended machine will not be noticed", e);
      return UNKNOWN;
    }
  }
}
