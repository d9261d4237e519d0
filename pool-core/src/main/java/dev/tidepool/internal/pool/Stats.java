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
    // Once, and for the total too: a login that arrives between two looks would be in neither, and
    // who waits until nothing is open would go on while a session is.
    Counts counts = engine.inventory().counts();
    int[] active = new int[1];
    int[] idle = new int[1];
    long[] borrows = new long[1];
    engine
        .exchange()
        .forEach(
            entry -> {
              switch (entry.state()) {
                case IDLE -> idle[0]++;
                case IN_USE, RETURNING, DOOMED -> active[0]++;
                case CHECKING, RETIRED -> {}
              }
              borrows[0] += entry.uses();
            });
    TidepoolConfig config = engine.config();
    int lent = Math.min(active[0], counts.open());
    int free = Math.min(idle[0], counts.open() - lent);
    Counters counters = engine.counters();
    ConnectFailure failure = engine.lastFailure();
    return new PoolStats(
        config.poolName(),
        engine.state(),
        engine.liveness().health(),
        engine.inventory().generation(),
        counts.open(),
        lent,
        free,
        counts.open() - lent - free,
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
