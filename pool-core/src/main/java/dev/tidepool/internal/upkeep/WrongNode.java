package dev.tidepool.internal.upkeep;

import dev.tidepool.config.Secrets;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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
  private static final long GAP_NANOS = 5_000_000_000L;
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
  private final ReentrantLock lock = new ReentrantLock();

  // written under the lock
  private volatile Phase phase = Phase.CALM;
  private long since;
  private boolean raisedBefore;
  private @Nullable Throwable cause;

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

  /** A write was refused on a connection that is meant to be written to. */
  public void suspect(Throwable why) {
    long now = runtime.nanoTime();
    lock.lock();
    try {
      if (raisedBefore && now - since < GAP_NANOS) {
        return; // an episode may be under way, or has just shown that there is nothing to be done
      }
      raisedBefore = true;
      since = now;
      cause = why;
      phase = Phase.OLD_ASKED;
    } finally {
      lock.unlock();
    }
    Entry old = exchange.tryReserve(entry -> entry.openedAt() - now < 0);
    if (old == null) {
      next(Phase.OLD_ASKED, Phase.CALM);
    } else {
      checker.askWritable(old, this::oldSaid);
    }
  }

  /** Decides whether the old connection stays. */
  private boolean oldSaid(boolean writable) {
    if (writable) {
      next(Phase.OLD_ASKED, Phase.CALM);
      return true;
    }
    if (next(Phase.OLD_ASKED, Phase.NEW_AWAITED)) {
      // It leaves room for a new one; the order does not matter, as supply sees to it as well.
      runtime.execute(() -> inventory.connect(1, true));
    }
    return false;
  }

  /** Whether a connection that has just been opened is taken over, to be asked. */
  public boolean takes(Entry fresh) {
    if (phase != Phase.NEW_AWAITED || !next(Phase.NEW_AWAITED, Phase.NEW_ASKED)) {
      return false;
    }
    checker.askWritable(fresh, this::newSaid);
    return true;
  }

  private boolean newSaid(boolean writable) {
    long before;
    Throwable why;
    lock.lock();
    try {
      before = since;
      why = cause;
    } finally {
      lock.unlock();
    }
    if (next(Phase.NEW_ASKED, Phase.CALM)) {
      runtime.execute(() -> report(writable, why));
      if (writable) {
        generations.retireWrongNode(before);
      }
    }
    return true;
  }

  private void report(boolean writable, @Nullable Throwable why) {
    String text = Secrets.mask(String.valueOf(why));
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

  private boolean next(Phase from, Phase to) {
    lock.lock();
    try {
      if (phase != from) {
        return false;
      }
      phase = to;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
