package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.PoolRuntime;
import org.jspecify.annotations.Nullable;

/**
 * What comes back otherwise than by one step of the slot: with a waiter, after a reset, for the
 * last time. On the borrower's thread.
 */
final class Returns {
  private final Engine engine;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Freshness freshness;
  private final long maxUses;

  Returns(Engine engine, Freshness freshness, long maxUses) {
    this.engine = engine;
    this.runtime = engine.runtime();
    this.exchange = engine.exchange();
    this.freshness = freshness;
    this.maxUses = maxUses;
  }

  /**
   * Passes on what is being returned, or retires it.
   *
   * @param doom why it is to be retired, or null
   * @param unsure whether it has to be asked first if it still works
   */
  void passOnOrRetire(Entry entry, @Nullable Doom doom, boolean unsure) {
    StackRoom.forNote(); // or a waiter would be left with a slot of which it does not hear
    long now = runtime.coarseNanos();
    try {
      tellIfLeaked(entry, now);
    } finally {
      entry.returned(now);
      decide(entry, doom, unsure);
    }
  }

  /**
   * Closes what the caller has moved to RETIRED.
   *
   * @param doom why, or null for the reason it was doomed for
   */
  void retire(Entry entry, @Nullable Doom doom) {
    long now = runtime.coarseNanos();
    try {
      tellIfLeaked(entry, now);
    } finally {
      entry.returned(now);
      engine.retire(entry, doom);
    }
  }

  /** May fail for want of memory; whoever calls has a connection to see to all the same. */
  private void tellIfLeaked(Entry entry, long now) {
    if (entry.leakReported()) {
      engine.leakReturned(entry, now);
    }
  }

  private void decide(Entry entry, @Nullable Doom failed, boolean unsure) {
    Doom doom = failed;
    if (doom == null && entry.uses() >= maxUses) {
      doom = Doom.of(RetireReason.MAX_USES);
    }
    if (doom == null && passOn(entry, unsure)) {
      return;
    }
    if (entry.retireOwned()) { // else it was cut off meanwhile, and its failure says nothing
      retireFailed(entry, doom);
    }
  }

  /** It may have died in its reset, and the others with it. */
  private void retireFailed(Entry entry, @Nullable Doom doom) {
    try {
      engine.retire(entry, doom);
    } finally {
      if (doom != null && doom.cause() != null) {
        engine.liveness().failed(entry, doom.cause());
      }
    }
  }

  /** False if the entry was doomed or retired while it was being returned. */
  private boolean passOn(Entry entry, boolean unsure) {
    if (unsure || (exchange.waiting() != 0 && !freshness.isFresh(entry))) {
      // Or held for long without a word from the server: the next one should not be the first to
      // find out.
      StackRoom.forStep();
      if (!entry.check()) {
        return false;
      }
      if (unsure) {
        engine.checker().validateUnsure(entry);
      } else {
        engine.checker().validate(entry);
      }
      return true;
    }
    return exchange.offer(entry);
  }
}
