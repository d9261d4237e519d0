package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a switchover old connections lead to a node that answers every ping and refuses every
 * write. The first refusal has another old connection asked whether its server takes writes, and
 * then a new one. If the old one says no and the new one yes, every old connection is retired; in
 * any other case nothing is: the borrower may have begun a read-only transaction by itself, or
 * there is no node that takes writes, and retiring would not help.
 */
public final class WrongNode {
  /** An episode may take so long; then the next refusal begins another. */
  private static final long EPISODE_NANOS = 5_000_000_000L;

  /** A new connection has to come within that time to be asked. */
  private static final long LONGEST_AWAITED_NANOS = 30_000_000_000L;

  /** From one episode to the next; doubles while they show that nothing is to be done. */
  private static final long SHORTEST_GAP_NANOS = 500_000_000L;

  private static final long LONGEST_GAP_NANOS = 5_000_000_000L;
  private static final Logger log = LoggerFactory.getLogger(WrongNode.class);

  private enum Phase {
    CALM,
    /** An old connection is being asked. */
    OLD_ASKED,
    /** It takes no writes; the next new connection will be asked. */
    NEW_AWAITED,
    /** That one is being asked. */
    NEW_ASKED
  }

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final Generations generations;
  private final Object lock = new Object();

  /** Made beforehand: between taking a slot and handing it to the checker nothing may fail. */
  private final Checker.Judge oldSaid = this::oldSaid;

  private final Checker.Judge newSaid = this::newSaid;

  // written under the lock
  private volatile Phase phase = Phase.CALM;
  private volatile long since;
  private boolean raisedBefore;
  private long gap = SHORTEST_GAP_NANOS;

  /** Whether the last episode that came to an end showed that retiring does not help. */
  private boolean futile;

  /**
   * The refusal that began the newest episode, for the log. Its text only: a stack would keep the
   * classes, and so the class loader, of the application that met it.
   */
  private volatile String refusal = "";

  /** For one pool. */
  WrongNode(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Checker checker,
      Generations generations) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.checker = checker;
    this.generations = generations;
  }

  /**
   * A write was refused on a connection that is meant to be written to.
   *
   * @return whether to retire it; not, if another would most likely refuse as well: an application
   *     that goes on writing would have one opened for each attempt
   */
  boolean suspect(Throwable why) {
    long now = runtime.nanoTime();
    synchronized (lock) {
      long pause = phase == Phase.CALM ? gap : EPISODE_NANOS;
      if (raisedBefore && now - since < pause) {
        return !futile;
      }
      futile &= now - since < 2 * LONGEST_GAP_NANOS; // that was another time
      gap = futile ? Math.min(2 * gap, LONGEST_GAP_NANOS) : SHORTEST_GAP_NANOS;
      raisedBefore = true;
      since = now;
      phase = Phase.OLD_ASKED;
    }
    refusal = SafeErrors.clean(why).toString(); // a driver's code: not under the lock
    Entry old = exchange.tryReserve(entry -> entry.openedAt() - now < 0);
    if (old == null) {
      nobodyToAsk();
    } else {
      checker.askWritable(old, oldSaid);
    }
    return true;
  }

  /** All are in use: that leaves each refusal to itself, and the next may find an idle one. */
  private void nobodyToAsk() {
    synchronized (lock) {
      if (next(Phase.OLD_ASKED, Phase.CALM)) {
        raisedBefore = false;
      }
    }
  }

  /** Decides whether the old connection stays. */
  private boolean oldSaid(boolean writable) {
    if (writable) {
      end(Phase.OLD_ASKED, true);
      return true;
    }
    boolean unused = next(Phase.OLD_ASKED, Phase.NEW_AWAITED); // see changed()
    return false;
  }

  /** A place may be free, such as that of the old connection which said no: a new one is opened. */
  public void changed() {
    if (phase == Phase.NEW_AWAITED
        && runtime.nanoTime() - since < LONGEST_AWAITED_NANOS
        && inventory.counts().promising() == 0) {
      inventory.connect(1, true);
    }
  }

  /**
   * Whether a connection that has just been opened is taken over, to be asked. Throws only if it
   * was: then the checker has seen to it.
   */
  public boolean takes(Entry fresh) {
    if (phase != Phase.NEW_AWAITED || !isStillAwaited(fresh.openedAt())) {
      return false;
    }
    checker.askWritable(fresh, newSaid);
    return true;
  }

  /** What a connection of a later time would say is no verdict on those of that time. */
  private boolean isStillAwaited(long now) {
    synchronized (lock) {
      boolean inTime = now - since < LONGEST_AWAITED_NANOS;
      return next(Phase.NEW_AWAITED, inTime ? Phase.NEW_ASKED : Phase.CALM) && inTime;
    }
  }

  private boolean newSaid(boolean writable) {
    long before;
    boolean known;
    synchronized (lock) {
      before = since;
      known = futile;
    }
    if (end(Phase.NEW_ASKED, !writable)) {
      if (writable || !known) {
        String text = refusal;
        runtime.execute(() -> report(writable, text));
      }
      if (writable) {
        generations.retireWrongNode(before);
      }
    }
    return true;
  }

  private void report(boolean writable, String text) {
    if (writable) {
      log.warn(
          "{}: the old connections lead to a server that refuses to write, new ones to one that does"
              + " not; the old ones are retired: {}",
          poolName,
          text);
    } else {
      log.warn(
          "{}: the server refuses to write, and so does the one that new connections lead to: {}",
          poolName,
          text);
    }
  }

  private boolean end(Phase from, boolean inVain) {
    synchronized (lock) {
      boolean mine = next(from, Phase.CALM);
      futile = mine ? inVain : futile;
      return mine;
    }
  }

  private boolean next(Phase from, Phase to) {
    synchronized (lock) {
      if (phase != from) {
        return false;
      }
      phase = to;
      return true;
    }
  }
}
