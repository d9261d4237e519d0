package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.inventory.Entry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a borrower has open: a list through the objects themselves, whose head is the borrowed
 * connection, so that a statement costs no memory but its own.
 *
 * <p>Thread-safe: a statement may be closed by one thread while another closes the connection. As
 * long as no more than one object is open, which is the rule, each change is one compare-and-set of
 * the head. Else it is made under the entry's monitor, which the borrower cannot get at, held for a
 * few field accesses and never during a call of the driver. The two go together: as long as
 * something older is behind an object, or something newer before it, only who holds the monitor
 * touches either, and nothing gets behind an object that has nothing behind it.
 */
abstract class TrackedList {
  private static final VarHandle NEWEST;

  static {
    try {
      NEWEST = MethodHandles.lookup().findVarHandle(TrackedList.class, "newest", Tracked.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Entry entry;

  private volatile @Nullable Tracked newest;

  TrackedList(Entry entry) {
    this.entry = entry;
  }

  /** Adds what was never in a list before. */
  final void add(Tracked opened) {
    if (!NEWEST.compareAndSet(this, null, opened)) {
      addSlow(opened);
    }
  }

  private void addSlow(Tracked opened) {
    synchronized (entry) {
      Tracked before;
      do {
        before = newest;
        opened.older = before;
      } while (!NEWEST.compareAndSet(this, before, opened));
      if (before != null) {
        before.newer = opened;
      }
    }
  }

  /** Whether it was there; the one caller that hears true closes it. */
  @SuppressWarnings("ReferenceEquality") // links are objects, not values
  final boolean remove(Tracked closed) {
    if (closed.isLoose()) {
      return false;
    }
    // The head first: only who has seen it there may rely on having nothing older behind it.
    if (newest == closed && closed.older == null && NEWEST.compareAndSet(this, closed, null)) {
      closed.loosen();
      return true;
    }
    return removeSlow(closed);
  }

  private boolean removeSlow(Tracked closed) {
    synchronized (entry) {
      if (closed.isLoose()) {
        return false;
      }
      Tracked older = closed.older;
      Tracked newer = closed.newer;
      if (newer != null) {
        newer.older = older;
      } else if (!NEWEST.compareAndSet(this, closed, older)) {
        return false;
      }
      if (older != null) {
        older.newer = newer;
      }
      closed.loosen();
      return true;
    }
  }

  /** Takes out the newest; null if there is none. */
  final @Nullable Tracked poll() {
    Tracked next = newest;
    while (next != null && !remove(next)) {
      next = newest;
    }
    return next;
  }
}
