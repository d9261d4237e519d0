package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolState;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.runtime.EventQueue;

/**
 * Whether a pool lends: it runs, is suspended, is being drained, or is closed.
 *
 * <p>What has to change together changes under a lock: two threads that suspend and resume must not
 * leave a running pool held, nor have it told in the wrong order. Nothing else is done under that
 * lock, no supply above all, as that may call a thread factory of the user's: suspending must never
 * wait for it.
 */
final class Service {
  private final Exchange<Entry> exchange;
  private final EventQueue events;
  private final Object lock = new Object();

  // written under the lock
  private volatile PoolState state = PoolState.RUNNING;
  private volatile boolean draining;

  Service(Exchange<Entry> exchange, EventQueue events) {
    this.exchange = exchange;
    this.events = events;
  }

  PoolState state() {
    return state;
  }

  /** Whether whatever arrives is to be retired at once. */
  boolean isDraining() {
    return draining;
  }

  boolean suspend() {
    return move(PoolState.RUNNING, PoolState.SUSPENDED);
  }

  /** The caller must see to the waiters if it is true. */
  boolean resume() {
    return move(PoolState.SUSPENDED, PoolState.RUNNING);
  }

  private boolean move(PoolState from, PoolState to) {
    synchronized (lock) {
      if (state != from) {
        return false;
      }
      state = to;
      draining = false;
      exchange.hold(to == PoolState.SUSPENDED);
      events.queue(l -> l.stateChanged(from, to));
    }
    events.deliverQueued();
    return true;
  }

  /** Until the next resume, if the pool is suspended. */
  void drain() {
    synchronized (lock) {
      draining = state == PoolState.SUSPENDED;
    }
  }

  /** Ends every wait; the state before is for the caller to tell. */
  PoolState close() {
    PoolState before;
    synchronized (lock) {
      before = state;
      state = PoolState.CLOSED;
    }
    exchange.close(); // from then on nobody holds it or lets it go
    return before;
  }
}
