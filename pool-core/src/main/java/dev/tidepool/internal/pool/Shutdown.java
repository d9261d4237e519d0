package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import dev.tidepool.internal.runtime.PoolRuntime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Ends every connection of a pool, and waits for that, but not for ever. */
final class Shutdown {
  static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);
  private static final Doom CLOSED = Doom.of(RetireReason.POOL_CLOSED);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Changes changes;

  /** The first of what failed on the way. */
  private @Nullable Throwable failure;

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
    say("closing");
    giveUpConnects();
    exchange.forEach(this::endNow);
    boolean interrupted = awaitEnd();
    if (failure != null) {
      log.warn("{}: something failed while closing, which went on all the same", poolName, failure);
    }
    int closing = inventory.counts().closing();
    if (closing > 0) {
      log.warn("{}: closed; {} connections still hang in the driver", poolName, closing);
    } else {
      say("closed");
    }
    return interrupted;
  }

  private void say(String what) {
    Level level = inventory.connectLog().level(Level.INFO);
    try {
      log.atLevel(level).log("{}: {}", poolName, what);
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void giveUpConnects() {
    try {
      inventory.close();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Want of memory for one must not keep the others open. */
  private void endNow(Entry entry) {
    try {
      boolean lent = entry.state() != SlotState.IDLE;
      entry.retiredFor(CLOSED); // for its borrower to read
      if (entry.condemn()) {
        inventory.retire(entry, CLOSED, lent);
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void failed(Throwable why) {
    failure = failure == null ? why : failure;
  }

  /**
   * A close that could not begin is begun again and again; and what a borrower's stack did not last
   * for is done here, as upkeep has ended.
   */
  private boolean isOver() {
    try {
      inventory.finishAllRetiring(CLOSED);
      inventory.closePutOff();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
    return inventory.isEmpty();
  }

  private boolean awaitEnd() {
    long deadline = runtime.nanoTime() + PATIENCE_NANOS;
    boolean interrupted = false;
    for (; ; ) {
      try {
        boolean unused = changes.await(this::isOver, deadline);
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true; // passed on at the end
      }
    }
  }
}
