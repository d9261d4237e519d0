package dev.tidepool.internal.exchange;

import dev.tidepool.testing.FullHeap;

/** Has the first waiter ever leave the queue where there is no memory at all. */
final class NoMemoryProgram {
  private NoMemoryProgram() {}

  private static final class Plain extends Slot {}

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

  public static void main(String[] args) {
    Exchange<Plain> exchange =
        args.length > 0
            ? new Exchange<>(new Awake(), () -> {})
            : Exchange.rehearsed(new Awake(), () -> {});
    Plain slot = new Plain();
    exchange.add(slot);
    Waiter<Plain> waiter = exchange.enqueue(1);
    boolean left = false;
    FullHeap.fill();
    try {
      left = exchange.cancel(waiter) == null;
    } catch (OutOfMemoryError e) {
      left = false;
    }
    FullHeap.free();
    System.out.println(left ? "the waiter has left" : "the waiter could not leave");
    boolean passed = exchange.pass(slot);
    System.out.println("passed " + passed + ", the slot is " + slot.state());
  }
}
