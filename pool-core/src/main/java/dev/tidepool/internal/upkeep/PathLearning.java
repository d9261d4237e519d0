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
public final class PathLearning {
  /** Ended by an administrator, a crash, a shutdown; MariaDB says 70100 of a killed connection. */
  private static final Set<String> ENDED_ON_PURPOSE = Set.of("57P01", "57P02", "57P03", "70100");

  private static final Logger log = LoggerFactory.getLogger(PathLearning.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final EventQueue events;
  private final boolean enabled;
  private final PathLimit limit = new PathLimit();

  /** Learning for one pool; if not {@code enabled} it learns nothing. */
  public PathLearning(String poolName, PoolRuntime runtime, EventQueue events, boolean enabled) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.events = events;
    this.enabled = enabled;
  }

  /** An idle connection was found dead after so many nanoseconds of silence. */
  public void died(long silence, @Nullable Throwable cause) {
    long now = runtime.nanoTime();
    if (cause instanceof SQLException e
        && ENDED_ON_PURPOSE.contains(String.valueOf(e.getSQLState()))) {
      limit.disturbed(now);
    } else {
      tell(limit.died(silence, now));
    }
  }

  /** An idle connection was found alive after so many nanoseconds of silence. */
  public void survived(long silence) {
    limit.survived(silence);
  }

  /** A connect failed: what dies now, dies of that. */
  public void connectFailed() {
    limit.disturbed(runtime.nanoTime());
  }

  /** Looks whether an observation is complete by now. */
  void settle(long now) {
    tell(limit.settle(now));
  }

  /** What was learned, or null. */
  public @Nullable Duration limit() {
    return enabled ? limit.limit() : null;
  }

  private void tell(@Nullable Duration learned) {
    if (learned == null || !enabled) {
      return;
    }
    events.publish(l -> l.pathIdleLimitLearned(learned));
    runtime.execute(
        () ->
            log.info(
                "{}: something on the way to the database ends connections that are silent for {} ms"
                    + " (none was silent for longer and lived); if it is a proxy or a firewall, give"
                    + " it a longer idle timeout, or set keepaliveTime below it",
                poolName,
                learned.toMillis()));
  }
}
