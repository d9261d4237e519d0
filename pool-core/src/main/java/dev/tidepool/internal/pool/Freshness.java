package dev.tidepool.internal.pool;

import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.net.Watchable;
import java.time.Duration;

/** Whether a connection may be handed out unseen. Part of the hot path. */
final class Freshness {
  /** Two ticks of the coarse clock: less could not be told from it. */
  private static final long HOT_NANOS = 2 * PoolRuntime.TICK_NANOS;

  private final PoolRuntime runtime;

  /** It is if its last traffic is not older than this. */
  private final long freshFor;

  /** ... and without a look at its socket if it is not older than this. */
  private final long hotFor;

  Freshness(PoolRuntime runtime, Duration validateAfterIdle) {
    this.runtime = runtime;
    this.freshFor = freshFor(validateAfterIdle);
    this.hotFor = Math.min(freshFor, HOT_NANOS);
  }

  /**
   * The coarse clock lags by up to a tick, so a tick is taken off: rather validated too early than
   * too late.
   */
  private static long freshFor(Duration validateAfterIdle) {
    return validateAfterIdle.isZero()
        ? Long.MIN_VALUE
        : Math.max(0, validateAfterIdle.toNanos() - PoolRuntime.TICK_NANOS);
  }

  /**
   * Spoke with the server lately, and nothing has arrived since: an end of the stream or a server's
   * farewell would be seen here, at the price of one look at the socket.
   */
  boolean isFresh(Entry entry) {
    long silence = runtime.coarseNanos() - entry.lastTraffic();
    if (silence <= hotFor) {
      return true;
    }
    Watchable socket = entry.physical().socket();
    return silence <= freshFor && (socket == null || isQuietSlow(socket));
  }

  /**
   * Whoever asks owns the slot, so that thrown from here it would be lost: no stack, no memory for
   * a first look. Then it is validated.
   */
  private static boolean isQuietSlow(Watchable socket) {
    try {
      return !socket.hasNews();
    } catch (RuntimeException | Error e) {
      return false;
    }
  }
}
