package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolStats;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until no connection of a pool is left, and tells how far that has come. */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final Engine engine;
  private final Inventory inventory;
  private final Consumer<? super PoolStats> progress;
  private int lastTold = -1;

  Drain(Engine engine, Consumer<? super PoolStats> progress) {
    this.engine = engine;
    this.inventory = engine.inventory();
    this.progress = progress;
  }

  /**
   * Returns whether none is left.
   *
   * @param deadline by the runtime's clock; the end of the draining, or of the pool, ends the wait,
   *     too
   */
  boolean await(Changes changes, long deadline) throws InterruptedException {
    log.info("{}: draining, {} connections are left", engine.poolName(), left());
    boolean over = changes.await(this::isOver, deadline);
    if (isEmpty()) {
      log.info("{}: drained", engine.poolName());
      return true;
    }
    PoolStats stats = engine.stats();
    log.warn(
        "{}: not drained, {}: {} in use, {} connecting, {} closing, {} given up and hanging in the driver",
        engine.poolName(),
        over ? "as it was " + (engine.isClosed() ? "closed" : "resumed") : "the time is over",
        stats.active(),
        stats.connecting(),
        stats.closing(),
        stats.hungConnects());
    return false;
  }

  private boolean isOver() {
    int left = left();
    if (left != lastTold) {
      lastTold = left;
      progress.accept(engine.stats());
    }
    return isEmpty() || !engine.isDraining() || engine.hasEnded();
  }

  /** A login that was given up can still end with a session, which is closed only then. */
  private boolean isEmpty() {
    return inventory.isEmpty() && inventory.counts().hung() == 0;
  }

  private int left() {
    Counts counts = inventory.counts();
    return counts.open() + counts.connecting() + counts.closing() + counts.hung();
  }
}
