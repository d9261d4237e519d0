package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Entry;

/** What upkeep sees of one connection at one moment. */
record Look(
    SlotState state,
    long openedAt,
    double lifetimeSpread,
    long lastTraffic,
    double pingSpread,
    long idleSince,
    long borrowedAt,
    long uses,
    boolean leakReported) {

  static Look at(Entry entry) {
    return new Look(
        entry.state(),
        entry.openedAt(),
        entry.lifetimeSpread(),
        entry.lastTraffic(),
        entry.pingSpread(),
        entry.idleSince(),
        entry.borrowedAt(),
        entry.uses(),
        entry.leakReported());
  }
}
