package dev.tidepool.internal.upkeep;

import dev.tidepool.config.TidepoolConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits upkeep works by, in nanoseconds; 0 switches a limit off.
 *
 * @param keepaliveTime quiet time after which an idle connection is pinged
 * @param idleTimeout time without a borrower after which a surplus connection goes
 * @param maxLifetime age at which a connection goes
 * @param lifetimeJitter share of the lifetime by which it is spread
 * @param maxUses borrows after which a connection goes
 * @param leakThreshold time after which a borrow is reported
 * @param maxBorrow time after which a lent connection is taken back
 * @param minimumIdle idle connections kept despite {@code idleTimeout}
 * @param lenientSince when many lives may have been found to be over at once, as {@code
 *     maxLifetime} was lowered or everything stood still; null if never
 */
public record Limits(
    long keepaliveTime,
    long idleTimeout,
    long maxLifetime,
    double lifetimeJitter,
    long maxUses,
    long leakThreshold,
    long maxBorrow,
    int minimumIdle,
    @Nullable Long lenientSince) {

  /**
   * Share of the keepalive interval by which pings are spread, so that a pool filled at once does
   * not ping at once.
   */
  private static final double PING_JITTER = 0.2;

  /** Between two passes of a pool that is in use. */
  static final long LONGEST_PAUSE_NANOS = 1_000_000_000L;

  private static final long UNDISTURBED_PAUSE_NANOS = 5_000_000_000L;

  /** A replacement is asked for this long before a connection's time is up ... */
  private static final long REPLACE_AHEAD_NANOS = 5_000_000_000L;

  /** Lives that were found to be over at once end within so long, or a tenth of a short life. */
  private static final long GRACE_NANOS = 30_000_000_000L;

  /** The limits that a configuration sets. */
  public static Limits of(TidepoolConfig config) {
    return new Limits(
        config.keepaliveTime().toNanos(),
        config.idleTimeout().toNanos(),
        config.maxLifetime().toNanos(),
        config.lifetimeJitter(),
        config.maxUses(),
        config.leakDetectionThreshold().toNanos(),
        config.maxBorrowTime().toNanos(),
        config.minimumIdle(),
        null);
  }

  /** The same, with another {@code lenientSince}. */
  Limits lenientSince(@Nullable Long when) {
    return new Limits(
        keepaliveTime,
        idleTimeout,
        maxLifetime,
        lifetimeJitter,
        maxUses,
        leakThreshold,
        maxBorrow,
        minimumIdle,
        when);
  }

  /** How late a pass may be that looks for what lasts for {@code limit}. */
  static long longestUnseen(long limit) {
    return Math.min(LONGEST_PAUSE_NANOS, limit / 2);
  }

  /** A ping comes when half of what the server allows is over, at the latest. */
  Limits within(@Nullable Duration idleLimit) {
    if (idleLimit == null || keepaliveTime == 0 || keepaliveTime <= idleLimit.toNanos() / 2) {
      return this;
    }
    return new Limits(
        idleLimit.toNanos() / 2,
        idleTimeout,
        maxLifetime,
        lifetimeJitter,
        maxUses,
        leakThreshold,
        maxBorrow,
        minimumIdle,
        lenientSince);
  }

  /**
   * The time until the next pass, if nothing is due before. Connections become idle between passes,
   * so a pass comes often enough to ping them and to see to leaks in time; and every second while
   * the pool is in use, as it also has idle connections watched, lets hot hints cool down and
   * repairs a minimum that was missed.
   *
   * @param undisturbed whether all connections were found idle and watched; who borrows one has the
   *     next pass come sooner
   */
  long longestPause(boolean undisturbed) {
    long pause = undisturbed ? UNDISTURBED_PAUSE_NANOS : LONGEST_PAUSE_NANOS;
    if (keepaliveTime > 0) {
      pause = Math.min(pause, keepaliveTime / 5);
    }
    pause = maxBorrow > 0 ? Math.min(pause, maxBorrow / 2) : pause;
    return leakThreshold > 0 ? Math.min(pause, leakThreshold / 2) : pause;
  }

  /** When an idle connection that spoke last at {@code lastTraffic} is to be pinged. */
  long pingAt(long lastTraffic, double spread) {
    return lastTraffic + (long) (keepaliveTime * (1 - PING_JITTER * spread));
  }

  /**
   * When a connection opened at {@code openedAt} must be gone. Not all at once, and so a little
   * late if need be: a pool whose connections are all over age would be left without any.
   */
  long expiresAt(long openedAt, double spread) {
    long end = openedAt + (long) (maxLifetime * (1 - lifetimeJitter * spread));
    if (lenientSince == null) {
      return end;
    }
    long lenient = lenientSince + (long) (Math.min(GRACE_NANOS, maxLifetime / 10) * spread);
    return end - lenient > 0 ? end : lenient;
  }

  /** Whether lives that were not over are, if these limits follow those. */
  boolean shortensLives(Limits before) {
    return maxLifetime > 0 && (before.maxLifetime == 0 || maxLifetime < before.maxLifetime);
  }

  /** How long before that its replacement is opened: 5 s, or a tenth of a short lifetime. */
  long replaceAhead() {
    return Math.min(REPLACE_AHEAD_NANOS, maxLifetime / 10);
  }
}
