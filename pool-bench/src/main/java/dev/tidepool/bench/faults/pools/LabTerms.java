package dev.tidepool.bench.faults.pools;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import java.time.Duration;

/**
 * What every pool promises in the lab. Time-outs of sockets stand in the URL, the same for all.
 *
 * @param url the database, with user and time-outs
 * @param poolSize connections, least and most
 * @param connectionTimeout longest wait of a borrower
 * @param validateAfterIdle a connection quiet for longer is validated before it is lent
 * @param validationTimeout longest validation, and longest ping of pools that know no other limit
 * @param keepaliveTime a connection quiet for so long is pinged, if the pool can ping so often
 */
public record LabTerms(
    Database database,
    String url,
    int poolSize,
    Duration connectionTimeout,
    Duration validateAfterIdle,
    Duration validationTimeout,
    Duration keepaliveTime) {

  /** Connections of every pool in the lab. */
  public static final int POOL_SIZE = 10;

  /** The least quiet time that a pool may ping after: some take the last fifth to spread pings. */
  public Duration earliestPing() {
    return keepaliveTime.multipliedBy(4).dividedBy(5);
  }

  /** The promise for a cell. */
  public static LabTerms of(Cell cell, String url, Duration validation) {
    return new LabTerms(
        cell.database(),
        url,
        POOL_SIZE,
        Duration.ofSeconds(10),
        Duration.ofMillis(500),
        validation,
        cell.fault().needsHeartbeat() ? Duration.ofSeconds(1) : Duration.ofSeconds(30));
  }
}
