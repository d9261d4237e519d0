package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds {@link PathLimit} with what happens to a pool's connections, and says what it learned.
 *
 * <p>Why a connection died is seldom known: {@code isValid} of pgjdbc and MariaDB's driver says no
 * and keeps the server's reason to itself. Only with a query of the user's in its place, or where
 * the role is asked for, does an administrator's work show here by its SQLSTATE; that restarts
 * teach nothing does not depend on it.
 */
final class PathLearning {
  /** Ended by an administrator, a crash, a shutdown; MariaDB says 70100 of a killed connection. */
  private static final Set<String> ENDED_ON_PURPOSE = Set.of("57P01", "57P02", "57P03", "70100");

  private static final Logger log = LoggerFactory.getLogger(PathLearning.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final EventQueue events;
  private final boolean enabled;
  private final PathLimit limit = new PathLimit();

  /** What listeners and the log were told; by {@link #settle}'s thread alone. */
  private @Nullable Duration told;

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
    if (isOnPurpose(cause)) {
      limit.disturbed(now);
    } else {
      limit.died(silence, now);
    }
  }

  private static boolean isOnPurpose(@Nullable Throwable cause) {
    return cause instanceof SQLException e
        && ENDED_ON_PURPOSE.contains(String.valueOf(e.getSQLState()));
  }

  /**
   * A lent connection died so many nanoseconds after its last exchange. If that is not long, no
   * idle timer was at work, nor on those that die along with it.
   */
  void diedInUse(long silence, @Nullable Throwable cause) {
    if (silence < PathLimit.SHORTEST_NANOS || isOnPurpose(cause)) {
      limit.disturbed(runtime.nanoTime());
    }
  }

  /** See {@link PathLimit#generationEnded}. */
  void generationEnded(long youngest, long before) {
    limit.generationEnded(youngest, before, runtime.nanoTime());
  }

  /** An idle connection was found alive after so many nanoseconds of silence. */
  void survived(long silence) {
    limit.survived(silence, runtime.nanoTime());
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
    Duration before = told;
    told = learned;
    if (learned != null) {
      events.publish(l -> l.pathIdleLimitLearned(learned));
      runtime.execute(() -> logLearned(learned, pinging));
    } else if (before != null) {
      events.publish(l -> l.pathIdleLimitDropped(before));
      runtime.execute(() -> logDropped(before));
    }
  }

  private void logDropped(Duration before) {
    log.info(
        "{}: that something on the way to the database ends connections which are silent for {} ms"
            + " is no longer assumed: it has not shown itself for an hour, or others were silent for"
            + " clearly longer and lived",
        poolName,
        before.toMillis());
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
