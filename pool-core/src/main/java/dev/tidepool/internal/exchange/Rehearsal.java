package dev.tidepool.internal.exchange;

/**
 * Goes once through what slots and waiters may come to, before there are any.
 *
 * <p>Each use of a {@code VarHandle} is linked when it is run for the first time, here and in the
 * queue of the JDK, and that takes memory. The first borrower ever to give up may do so because
 * there is none: it would stay in the queue, and be given a slot that nobody comes for.
 */
final class Rehearsal {
  private Rehearsal() {}

  private static final class Extra extends Slot {}

  /** Time stands still, and nobody sleeps. */
  private static final class Awake implements Parking {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void park(Object blocker, long nanos) {}

    @Override
    public void unpark(Thread thread) {}
  }

  static void run() {
    Exchange<Extra> exchange = new Exchange<>(new Awake(), () -> {});
    Extra slot = new Extra();
    exchange.add(slot);
    wait(exchange, slot);
    boolean unused = exchange.release(slot, slot.lease()) && slot.tryAcquire();
    Extra none = exchange.tryAcquire(); // hides the one that is taken
    unused = none == null && slot.beginReturn(slot.lease()) && exchange.offer(slot);
    unused = slot.tryAcquire() && slot.doom() && slot.condemn();
    exchange.remove(slot);
    exchange.close();
  }

  /** They leave from the middle of the queue, served, and when it closes. */
  private static void wait(Exchange<Extra> exchange, Extra slot) {
    Waiter<Extra> served = exchange.enqueue(Integer.MAX_VALUE);
    Waiter<Extra> leaving = exchange.enqueue(Integer.MAX_VALUE);
    Waiter<Extra> last = exchange.enqueue(Integer.MAX_VALUE);
    boolean passed = leaving != null && exchange.cancel(leaving) == null && exchange.pass(slot);
    if (passed && served != null && last != null) {
      Extra unused = exchange.cancel(served);
    }
  }
}
