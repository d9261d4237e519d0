package dev.tidepool.internal.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A borrower in the queue. Exactly one of these ends it, decided by one compare-and-set on {@code
 * outcome}: it is given a slot, it gives up, or the exchange closes. The giver thus learns whether
 * the waiter took the slot, and a slot is never handed to someone who has left.
 */
@SuppressWarnings("ReferenceEquality") // the marks are recognised by identity
public final class Waiter<S extends Slot> {
  private static final Object GONE = new Object();
  private static final Object CLOSED = new Object();
  private static final VarHandle OUTCOME;

  static {
    try {
      OUTCOME = MethodHandles.lookup().findVarHandle(Waiter.class, "outcome", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Thread thread;
  private volatile @Nullable Object outcome;

  Waiter(Thread thread) {
    this.thread = thread;
  }

  Thread thread() {
    return thread;
  }

  boolean give(S slot) {
    return OUTCOME.compareAndSet(this, null, slot);
  }

  boolean giveUp() {
    return OUTCOME.compareAndSet(this, null, GONE);
  }

  boolean close() {
    return OUTCOME.compareAndSet(this, null, CLOSED);
  }

  boolean isOpen() {
    return outcome == null;
  }

  /** Whether the exchange closed under this waiter. */
  public boolean isClosed() {
    return outcome == CLOSED;
  }

  @SuppressWarnings("unchecked") // only give() stores anything but the two marks
  @Nullable S slot() {
    Object o = outcome;
    return o == null || o == GONE || o == CLOSED ? null : (S) o;
  }
}
