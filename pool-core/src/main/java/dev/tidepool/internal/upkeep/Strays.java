package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;

/**
 * Retires what a thread of the application's has left half way: it hangs in the driver, or its
 * stack or the memory has come to its end, where nothing can be put right as nothing can be called.
 * One thread, in each pass.
 */
final class Strays {
  /** A rollback may take its time, but not this long. */
  private static final long HUNG_RETURN_NANOS = 30_000_000_000L;

  /** Nor so long if it most likely waits for the end of a COPY, which does not come. */
  private static final long COPY_RETURN_NANOS = 5_000_000_000L;

  /** Between taking a slot and lending it there are a few steps, but a thread may be starved. */
  private static final long UNLENT_NANOS = 30_000_000_000L;

  /** Who retires a connection is through with it after a few steps. */
  private static final long UNFINISHED_NANOS = 1_000_000_000L;

  /** Stands for a retired connection where leases are told apart. */
  private static final long NO_LEASE = -2;

  private final Exchange<Entry> exchange;
  private final Inventory inventory;

  Strays(Exchange<Entry> exchange, Inventory inventory) {
    this.exchange = exchange;
    this.inventory = inventory;
  }

  /** Looks at one connection. */
  void see(Entry entry, long now) {
    endHungReturn(entry, now);
    takeBackForsaken(entry, now);
    showIdle(entry);
    finishRetiring(entry, now);
  }

  /**
   * A reset that hangs in the driver holds up its borrower's thread, which the close may free, but
   * must not keep the place of a connection for ever.
   */
  private void endHungReturn(Entry entry, long now) {
    long lease = entry.lease();
    if (!entry.isBeingReturned(lease)) {
      return;
    }
    long patience = entry.mayWaitForCopy() ? COPY_RETURN_NANOS : HUNG_RETURN_NANOS;
    // By who ended that lease. Doomed, it may be the next one's, who has yet to be noted.
    boolean left = entry.forsaken == lease - 1 && entry.state() == SlotState.RETURNING;
    if ((left || entry.seenFor(lease, now) > patience) && entry.endReturn(lease)) {
      inventory.retire(entry, Doom.of(RetireReason.RESET_FAILED));
    }
  }

  /** Nobody has got hold of it, or who had it could not give it back. */
  private void takeBackForsaken(Entry entry, long now) {
    long lease = entry.lease();
    boolean unlent =
        entry.state() == SlotState.IN_USE
            && !entry.isLentOn(lease)
            && entry.seenFor(lease, now) > UNLENT_NANOS;
    if ((unlent || entry.forsaken == lease) && entry.reclaim(lease)) {
      inventory.retire(entry, why(entry));
    }
  }

  /**
   * Given back, but by a borrower whose stack came to its end before anybody was told: who looks
   * for an idle slot may not see it, and who waits for one has not heard of it. Shown again in each
   * pass until it is lent, it is for the end of the pass to hand out, or to ask first.
   */
  private void showIdle(Entry entry) {
    if (entry.forsaken == entry.lease() - 1 && entry.reserve()) {
      exchange.putBack(entry);
    }
  }

  private void finishRetiring(Entry entry, long now) {
    if (entry.state() == SlotState.RETIRED && entry.seenFor(NO_LEASE, now) >= UNFINISHED_NANOS) {
      inventory.retire(entry, why(entry), true);
    }
  }

  private static Doom why(Entry entry) {
    Doom doom = entry.doomed();
    return doom == null ? Doom.of(RetireReason.ABORTED) : doom;
  }
}
