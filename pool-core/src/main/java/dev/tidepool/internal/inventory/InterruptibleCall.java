package dev.tidepool.internal.inventory;

import org.jspecify.annotations.Nullable;

/**
 * A call of a driver that may have to be interrupted: to close the socket under it is not enough
 * where it waits for a lock, as in pgjdbc for the end of another's COPY. Only the call is ever
 * interrupted, and never what its thread does before or afterwards. Safe for use by several
 * threads; one at a time makes the call.
 */
final class InterruptibleCall {
  private final Object lock = new Object();
  // guarded by lock
  private @Nullable Thread caller;
  private boolean interrupted;
  private boolean interruptedBefore;

  /** The current thread is about to make the call. */
  void enter() {
    synchronized (lock) {
      caller = Thread.currentThread();
      interruptedBefore = caller.isInterrupted();
    }
  }

  /**
   * The current thread has made the call. Forgets an interrupt of this call's that the driver did
   * not notice; one by anybody else stays, unless both came during the call.
   */
  void leave() {
    synchronized (lock) {
      caller = null;
      if (interrupted && !interruptedBefore) {
        boolean unused = Thread.interrupted();
      }
      interrupted = false;
    }
  }

  /** Interrupts the call if it is under way. */
  void interrupt() {
    synchronized (lock) {
      if (caller != null) {
        interrupted = true;
        caller.interrupt();
      }
    }
  }
}
