package dev.tidepool.api;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a pool. {@code total = active + idle + checking}; counters run from the start of
 * the pool. The figures are read one after the other while the pool goes on, so a snapshot of a
 * busy pool can be off by those in motion.
 *
 * @param poolName name of the pool
 * @param state what the pool is doing
 * @param health what the pool makes of its database
 * @param generation number of the present generation: connections opened since the last conclusion
 *     that the earlier ones are dead; the first is 1
 * @param total open connections
 * @param active connections in the hands of borrowers
 * @param idle connections ready to be borrowed
 * @param checking connections being pinged or validated
 * @param connecting connects under way; {@code total + connecting} never exceeds the maximum
 * @param waiting borrowers waiting
 * @param closing retired connections whose close has not returned yet
 * @param hungConnects connects given up at {@code connectTimeout} whose driver call has still not
 *     returned
 * @param maximumPoolSize limit in force
 * @param minimumIdle limit in force
 * @param opened connections opened
 * @param closed connections closed
 * @param borrows connections handed to borrowers
 * @param acquireTimeouts borrowers that gave up at {@code connectionTimeout}
 * @param acquireRefusals borrowers refused because of {@code maximumWaiters}
 * @param acquireWaits borrowers that had to wait, and have ended their wait one way or the other
 * @param acquireWaitTotal time they waited, all together
 * @param acquireWaitLongest the longest of these waits
 * @param connectFailures connects that failed or were given up
 * @param pings heartbeats sent
 * @param pingFailures heartbeats that failed or were not answered in time
 * @param validations other checks: before handing out, and questions such as whether the server
 *     takes writes and which sessions it has
 * @param validationFailures such checks that failed or were not answered in time
 * @param lateAnswers checks that were not answered within {@code hedgeAfter}, so that another
 *     connection was tried for whoever waited
 * @param idleNews times that something arrived on an idle connection, most often its end; each was
 *     checked at once
 * @param suspicions times that the death or silence of one connection put the others in doubt
 * @param outages times that the database was found to be down
 * @param leaks borrowers that held a connection longer than {@code leakDetectionThreshold}
 * @param eventsDropped events not delivered because listeners were too slow
 * @param retired connections retired, by reason; a reason that has not occurred is absent
 * @param tcpKeepAlive what is known of TCP keepalive on the newest connection: read back from its
 *     socket where the pool can reach it, else what the driver was told; null if the driver has no
 *     socket
 * @param serverIdleLimit how long the server lets a session be idle, as it said itself; null if it
 *     sets no limit or does not say
 * @param pathIdleLimit how long a connection may be silent before something on the way to the
 *     server ends it, as learned from those that died; null if none did, or not by their silence
 * @param lastConnectFailure message of the newest failed connect, without secrets, or null
 * @param lastConnectFailureAge time since then, or null
 */
public record PoolStats(
    String poolName,
    PoolState state,
    Health health,
    int generation,
    int total,
    int active,
    int idle,
    int checking,
    int connecting,
    int waiting,
    int closing,
    int hungConnects,
    int maximumPoolSize,
    int minimumIdle,
    long opened,
    long closed,
    long borrows,
    long acquireTimeouts,
    long acquireRefusals,
    long acquireWaits,
    Duration acquireWaitTotal,
    Duration acquireWaitLongest,
    long connectFailures,
    long pings,
    long pingFailures,
    long validations,
    long validationFailures,
    long lateAnswers,
    long idleNews,
    long suspicions,
    long outages,
    long leaks,
    long eventsDropped,
    Map<RetireReason, Long> retired,
    @Nullable String tcpKeepAlive,
    @Nullable Duration serverIdleLimit,
    @Nullable Duration pathIdleLimit,
    @Nullable String lastConnectFailure,
    @Nullable Duration lastConnectFailureAge) {

  /** The figures of a pool that has not been started. */
  public static PoolStats unused(
      String poolName, PoolState state, int maximumPoolSize, int minimumIdle) {
    return new PoolStats(
        poolName,
        state,
        Health.UP,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        maximumPoolSize,
        minimumIdle,
        0,
        0,
        0,
        0,
        0,
        0,
        Duration.ZERO,
        Duration.ZERO,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        Map.of(),
        null,
        null,
        null,
        null,
        null);
  }

  /** How many connections were retired for one reason. */
  public long retired(RetireReason reason) {
    return retired.getOrDefault(reason, 0L);
  }
}
