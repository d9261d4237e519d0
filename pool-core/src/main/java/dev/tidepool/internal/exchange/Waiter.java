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
  private static final VarHandle COUNTED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OUTCOME = lookup.findVarHandle(Waiter.class, "outcome", Object.class);
      COUNTED = lookup.findVarHandle(Waiter.class, "counted", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Thread thread;

  /** When it joined, by the exchange's clock. */
  private final long since;

  private volatile @Nullable Object outcome;
  private volatile boolean called;

  @SuppressWarnings("UnusedVariable") // read through COUNTED
  private volatile boolean counted = true;

  Waiter(Thread thread, long since) {
    this.thread = thread;
    this.since = since;
  }

  long since() {
    return since;
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

  /** Whether the caller is the one who takes it off the count of waiters. */
  boolean uncount() {
    return COUNTED.compareAndSet(this, true, false);
  }

  /**
   * Asks it to look for idle slots; see {@link Exchange#offer}.
   *
   * @return whether it has to be woken: not if it has been called before and has not looked since
   */
  boolean call() {
    if (called) {
      return false;
    }
    called = true;
    return true;
  }

  /** Whether it has been called, and has to be woken again by the next who calls. */
  boolean takeCall() {
    if (!called) {
      return false;
    }
    called = false;
    return true;
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
