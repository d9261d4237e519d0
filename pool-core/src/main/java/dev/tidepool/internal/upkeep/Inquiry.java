package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is done to find out, while {@link Recovery} doubts: idle connections are asked, a new one is
 * opened, and in a full pool those that keep silent make room for it. Nothing here blocks.
 */
final class Inquiry {
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final PathLearning path;

  /** For one pool. */
  Inquiry(
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Checker checker,
      PathLearning path) {
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.checker = checker;
    this.path = path;
  }

  /** Opens a connection if none is on its way, whether or not anybody wants one. */
  void tryToOpen() {
    if (inventory.counts().promising() == 0 && !exchange.isHeld()) {
      inventory.connect(1, false);
    }
  }

  /**
   * Asks who has not been asked, and sees to it that a new connection is opened unless there is
   * one.
   *
   * @param patience how long an answer may take, in nanoseconds
   * @param taker moves the slot of a connection that has been silent for longer to RETIRED, if its
   *     place may be taken
   */
  void pursue(Scene scene, boolean connected, long patience, Predicate<Entry> taker) {
    for (Entry entry : scene.unasked) {
      if (checker.mayProbe() && entry.reserve()) {
        checker.probe(entry);
      }
    }
    Counts counts = inventory.counts();
    if (connected || counts.promising() > 0 || exchange.isHeld()) {
      return;
    }
    if (counts.hasRoom()) {
      inventory.connect(1, true);
    } else if (exchange.waiting() > counts.leaving()) {
      overtake(scene, patience, taker);
    }
  }

  /** Closes the connection that has kept silent longest; supply opens another in its place. */
  private void overtake(Scene scene, long patience, Predicate<Entry> taker) {
    @Nullable Entry oldest = checker.hedgeAfter() == 0 ? null : scene.latest(patience);
    if (oldest != null && taker.test(oldest)) {
      retire(oldest);
    }
  }

  private void retire(Entry silent) {
    try {
      path.died(silent.askedAt() - silent.lastTraffic(), null);
    } finally { // no memory for what follows from it: the slot must not be lost with it
      inventory.retire(silent, Doom.of(RetireReason.OVERTAKEN));
    }
  }

  /**
   * Some live and some are silent, as when one of several paths is cut. Borrowers who wait in a
   * full pool need not wait for the deadlines of those that were late even when others answered,
   * and have been silent for as long again.
   */
  void giveUpSilent(long patience) {
    Counts counts = inventory.counts();
    int[] wanted = {counts.hasRoom() ? 0 : exchange.waiting() - counts.leaving()};
    long asked = runtime.nanoTime() - 2 * patience;
    exchange.forEach(
        entry -> {
          if (wanted[0] > 0
              && entry.isAsked()
              && entry.askedAt() - asked <= 0
              && entry.retireChecking()) {
            wanted[0]--;
            retire(entry);
          }
        });
  }
}
