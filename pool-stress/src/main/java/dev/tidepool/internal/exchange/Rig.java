package dev.tidepool.internal.exchange;

import org.jspecify.annotations.Nullable;

/**
 * An exchange whose time stands still and where nobody ever sleeps, so that a waiter that was not
 * served is seen at once.
 */
final class Rig implements Parking {
  /** Whether any thread was woken. */
  volatile boolean woken;

  final Exchange<Place> exchange = new Exchange<>(this, this::demand);

  /** The least that a demand must do: pair idle slots with waiters. */
  void demand() {
    exchange.serve(any -> true, 100, any -> {});
  }

  /** A new slot, lent to the caller, whom nobody remembers. */
  Place lent() {
    Place slot = reserved();
    slot.lend();
    return slot;
  }

  /** A new slot, still the caller's to pass on. */
  Place reserved() {
    Place slot = new Place();
    exchange.add(slot);
    return slot;
  }

  Waiter<Place> enqueue() {
    Waiter<Place> waiter = exchange.enqueue(Integer.MAX_VALUE);
    if (waiter == null) {
      throw new AssertionError("refused without a limit");
    }
    return waiter;
  }

  boolean isServed(@Nullable Waiter<Place> waiter) {
    return waiter != null && slotOf(waiter) != null;
  }

  /** What an impatient waiter gets. */
  @Nullable Place slotOf(Waiter<Place> waiter) {
    try {
      return exchange.await(waiter, nanoTime());
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public void park(Object blocker, long nanos) {}

  @Override
  public void unpark(Thread thread) {
    woken = true;
  }
}
