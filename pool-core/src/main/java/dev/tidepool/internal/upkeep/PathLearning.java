package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds {@link PathLimit} with what happens to a pool's connections, and says what it learned. */
final class PathLearning {
  /** Ended by an administrator, a crash, a shutdown; MariaDB says 70100 of a killed connection. */
  private static final Set<String> ENDED_ON_PURPOSE = Set.of("57P01", "57P02", "57P03", "70100");

  private static final Logger log = LoggerFactory.getLogger(PathLearning.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final EventQueue events;
  private final boolean enabled;
  private final PathLimit limit = new PathLimit();

  /** Learning for one pool; if not {@code enabled} it learns nothing. */
  PathLearning(String poolName, PoolRuntime runtime, EventQueue events, boolean enabled) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.events = events;
    this.enabled = enabled;
  }

  /** An idle connection was found dead after so many nanoseconds of silence. */
  void died(long silence, @Nullable Throwable cause) {
    long now = runtime.nanoTime();
    if (cause instanceof SQLException e
        && ENDED_ON_PURPOSE.contains(String.valueOf(e.getSQLState()))) {
      limit.disturbed(now);
    } else {
      limit.died(silence, now);
    }
  }

  /** An idle connection was found alive after so many nanoseconds of silence. */
  void survived(long silence) {
    limit.survived(silence);
  }

  /** A connect failed: what dies now, dies of that. */
  void connectFailed() {
    limit.disturbed(runtime.nanoTime());
  }

  /** What was learned, or null. */
  @Nullable Duration limit() {
    return enabled ? limit.limit() : null;
  }

  /**
   * Draws the conclusions that are due, and says so if there is a new one; by one thread at a time.
   *
   * @param pinging whether the heartbeat is on
   */
  void settle(long now, boolean pinging) {
    if (!limit.settle(now) || !enabled) {
      return;
    }
    Duration learned = limit.limit();
    if (learned != null) {
      events.publish(l -> l.pathIdleLimitLearned(learned));
      runtime.execute(() -> logLearned(learned, pinging));
    }
  }

  private void logLearned(Duration learned, boolean pinging) {
    if (pinging) {
      log.info(
          "{}: something on the way to the database ends connections that are silent for {} ms (none"
              + " was silent for longer and lived); quiet ones are pinged in half that time from now"
              + " on. If it is a proxy or a firewall, a longer idle timeout there saves the pings",
          poolName,
          learned.toMillis());
    } else {
      log.warn(
          "{}: something on the way to the database ends connections that are silent for {} ms (none"
              + " was silent for longer and lived), but keepaliveTime=0 turns the heartbeat off; set"
              + " keepaliveTime below that",
          poolName,
          learned.toMillis());
    }
  }
}
