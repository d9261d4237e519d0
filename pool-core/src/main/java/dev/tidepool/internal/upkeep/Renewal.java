package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces sessions that logged in with credentials of before, in small steps, one for each pass.
 *
 * <p>The new credentials may be wrong, and the old sessions work. So a new session is opened first,
 * in the place of an old one only if the pool is full, and an old one goes when it is there: an
 * idle one at once, a lent one on return. While connects fail, and there is room for another,
 * nothing goes.
 */
final class Renewal {
  private static final Logger log = LoggerFactory.getLogger(Renewal.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;

  /** Only the pass reads and writes it: the credentials before which no session is left. */
  private int done;

  /** Likewise: a session was opened whose predecessor has yet to go. */
  private boolean opened;

  Renewal(String poolName, PoolRuntime runtime, Exchange<Entry> exchange, Inventory inventory) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
  }

  /** Who logged in with what. */
  private static final class Survey {
    final List<Entry> idle = new ArrayList<>();
    final List<Entry> lent = new ArrayList<>();
    int old;
    int doomed;
    int renewed;

    void note(Entry entry, boolean isOld) {
      SlotState state = entry.state();
      if (state == SlotState.RETIRED) {
        return;
      }
      if (!isOld) {
        renewed += state == SlotState.DOOMED ? 0 : 1;
        return;
      }
      old++;
      switch (state) {
        case IDLE -> idle.add(entry);
        case IN_USE, RETURNING -> lent.add(entry);
        case DOOMED -> doomed++;
        case CHECKING, RETIRED -> {}
      }
    }
  }

  /** One step; returns whether the next one should come soon. */
  boolean step() {
    int current = inventory.credentials();
    if (current == done || exchange.isHeld()) { // held: nobody is served, and it can wait
      return false;
    }
    // Before the look: what arrives in between is seen by one of the two.
    Counts counts = inventory.counts();
    Survey seen = new Survey();
    exchange.forEach(entry -> seen.note(entry, entry.credentials() != current));
    if (seen.old == 0 || counts.connecting() + counts.leaving() > 0) {
      return seen.old > 0 || isUnfinished(counts, current);
    }
    // Not where there is no room: the maximum was lowered, and no success will make up for it.
    if (inventory.isFailing() && counts.hasRoom()) {
      opened = openOne();
      return false;
    }
    return seen.renewed == 0 ? tryOut(seen, counts) : replaceOne(seen, counts);
  }

  /** No old session is there, but one may still be on its way. */
  private boolean isUnfinished(Counts counts, int current) {
    if (counts.connecting() > 0) {
      return true;
    }
    done = current;
    opened = false;
    runtime.execute(() -> log.info("{}: no session of the earlier credentials is left", poolName));
    return false;
  }

  /** Nobody has logged in with the new credentials yet. */
  private boolean tryOut(Survey seen, Counts counts) {
    return counts.hasRoom()
        ? openOne()
        : retireFirst(seen.idle) || (seen.doomed == 0 && doomFirst(seen.lent));
  }

  private boolean replaceOne(Survey seen, Counts counts) {
    if (counts.hasRoom() && !opened && !(seen.idle.isEmpty() && seen.lent.isEmpty())) {
      return openOne();
    }
    opened = false;
    // Not all that are lent at once: the new user may not be allowed as many sessions.
    return retireFirst(seen.idle) || (seen.doomed < seen.renewed && doomFirst(seen.lent));
  }

  private boolean openOne() {
    inventory.connect(1, false);
    opened = inventory.counts().connecting() > 0;
    return opened;
  }

  /** False if there is none, or all of them have been borrowed meanwhile. */
  private boolean retireFirst(List<Entry> idle) {
    for (Entry entry : idle) {
      if (entry.retireIdle()) {
        inventory.retire(entry, Doom.of(RetireReason.CREDENTIALS_CHANGED));
        return true;
      }
    }
    return false;
  }

  /** False if there is none, or all of them have come back meanwhile. */
  private static boolean doomFirst(List<Entry> lent) {
    for (Entry entry : lent) {
      if (entry.doom(Doom.of(RetireReason.CREDENTIALS_CHANGED))) {
        return true;
      }
    }
    return false;
  }
}
