package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolStats;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.ConnectFailure;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Entry;
import java.time.Duration;

/** Takes snapshots of an engine. */
final class Stats {
  private Stats() {}

  /** The engine at this moment. */
  static PoolStats of(Engine engine) {
    int[] active = new int[1];
    int[] idle = new int[1];
    int[] checking = new int[1];
    long[] borrows = new long[1];
    engine
        .exchange()
        .forEach(
            entry -> {
              switch (entry.state()) {
                case IDLE -> idle[0]++;
                case CHECKING -> checking[0]++;
                case IN_USE, RETURNING, DOOMED -> active[0]++;
                case RETIRED -> {}
              }
              borrows[0] += entry.uses();
            });
    TidepoolConfig config = engine.config();
    Counts counts = engine.inventory().counts();
    Counters counters = engine.counters();
    ConnectFailure failure = engine.lastFailure();
    return new PoolStats(
        config.poolName(),
        engine.state(),
        engine.liveness().health(),
        engine.inventory().generation(),
        active[0] + idle[0] + checking[0],
        active[0],
        idle[0],
        checking[0],
        counts.connecting(),
        engine.exchange().waiting(),
        counts.closing(),
        counts.hung(),
        config.maximumPoolSize(),
        config.minimumIdle(),
        counters.opened.sum(),
        counters.closed.sum(),
        borrows[0] + counters.borrowsOfRetired.sum(),
        counters.acquireTimeouts.sum(),
        counters.acquireRefusals.sum(),
        counters.acquireWaits.sum(),
        Duration.ofNanos(counters.acquireWaitNanos.sum()),
        Duration.ofNanos(counters.acquireWaitLongest.get()),
        counters.connectFailures.sum(),
        counters.pings.sum(),
        counters.pingFailures.sum(),
        counters.validations.sum(),
        counters.validationFailures.sum(),
        counters.lateAnswers.sum(),
        counters.idleNews.sum(),
        counters.suspicions.sum(),
        counters.outages.sum(),
        counters.leaks.sum(),
        engine.events().dropped(),
        counters.retired(),
        engine.inventory().tcpKeepAlive(),
        engine.idleLimit(),
        engine.liveness().pathIdleLimit(),
        failure == null ? null : failure.text(),
        failure == null ? null : Duration.ofNanos(engine.runtime().nanoTime() - failure.at()));
  }

  static int count(Exchange<Entry> exchange, SlotState state) {
    int[] n = new int[1];
    exchange.forEach(
        entry -> {
          if (entry.state() == state) {
            n[0]++;
          }
        });
    return n[0];
  }
}
