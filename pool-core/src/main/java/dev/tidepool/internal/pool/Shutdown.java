package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import dev.tidepool.internal.runtime.PoolRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends every connection of a pool, and waits for that, but not for ever. */
final class Shutdown {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Changes changes;

  Shutdown(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Changes changes) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.changes = changes;
  }

  /** Returns whether the calling thread was interrupted meanwhile; half a close would leak. */
  boolean run() {
    inventory.close();
    exchange.forEach(this::endNow);
    inventory.closePutOff();
    boolean interrupted = awaitEnd();
    int closing = inventory.counts().closing();
    if (closing > 0) {
      log.warn("{}: closed; {} connections still hang in the driver", poolName, closing);
    } else {
      log.info("{}: closed", poolName);
    }
    return interrupted;
  }

  private void endNow(Entry entry) {
    boolean lent = entry.state() != SlotState.IDLE;
    if (entry.condemn()) {
      inventory.retire(entry, Doom.of(RetireReason.POOL_CLOSED), lent);
    }
  }

  private boolean awaitEnd() {
    long deadline = runtime.nanoTime() + PATIENCE_NANOS;
    boolean interrupted = false;
    for (; ; ) {
      try {
        boolean unused = changes.await(inventory::isEmpty, deadline);
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true; // passed on at the end
      }
    }
  }
}
