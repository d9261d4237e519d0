package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;

/** Waits for the first connection of a pool, as {@code initializationFailTimeout} says. */
final class Startup {
  private final Engine engine;
  private final Changes changes;
  private final PoolRuntime runtime;
  private final Inventory inventory;
  private final Counters counters;
  private final long begun;
  private final long failTimeout;

  /** Whether the pool was found suspended: then nothing is opened, and nothing can be proved. */
  private boolean suspended;

  Startup(Engine engine, Changes changes) {
    this.engine = engine;
    this.changes = changes;
    this.runtime = engine.runtime();
    this.inventory = engine.inventory();
    this.counters = engine.counters();
    this.begun = runtime.nanoTime();
    this.failTimeout = engine.config().initializationFailTimeout().toNanos();
  }

  /**
   * Returns once a connection is open, or need not be waited for, as in a suspended pool.
   *
   * @throws PoolStartException if an attempt failed and the time for failing is over
   */
  void awaitFirst(Duration patience) throws InterruptedException {
    if (failTimeout < 0) {
      return;
    }
    long longest =
        Math.min(
            failTimeout + engine.config().connectTimeout().toNanos(),
            Math.max(0, patience.toNanos()));
    boolean decided = changes.await(this::isDecided, begun + longest);
    if ((!decided || !isOpen()) && !suspended && failTimeout != 0) {
      throw Diagnosis.notStarted(engine, Duration.ofNanos(runtime.nanoTime() - begun));
    }
  }

  private boolean isDecided() {
    suspended = engine.state() == PoolState.SUSPENDED;
    if (isOpen() || engine.isClosed() || suspended) {
      return true;
    }
    if (counters.connectFailures.sum() > 0 && runtime.nanoTime() - begun >= failTimeout) {
      return true;
    }
    if (inventory.counts().connecting() == 0) {
      inventory.connect(1, true); // with minimumIdle=0 nobody else asks for one
    }
    return false;
  }

  private boolean isOpen() {
    return counters.opened.sum() > 0 && !engine.isClosed();
  }
}
