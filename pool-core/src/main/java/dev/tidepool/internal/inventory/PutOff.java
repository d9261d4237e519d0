package dev.tidepool.internal.inventory;

import org.jspecify.annotations.Nullable;

/**
 * Closes that could not begin, for want of memory or of a thread, or are not to begin yet. Chained
 * through the entries, so that it takes no memory. Thread-safe.
 */
final class PutOff {
  private final Object lock = new Object();

  /** Guarded by the lock, as {@link Entry#nextPutOff}. */
  private @Nullable Entry newest;

  /** Puts off the close of an entry; it counts as one that has not ended. */
  void add(Entry entry) {
    synchronized (lock) {
      entry.nextPutOff = newest;
      newest = entry;
    }
  }

  /** An entry whose close is to be begun now, or null. */
  @Nullable Entry next() {
    synchronized (lock) {
      Entry entry = newest;
      if (entry != null) {
        newest = entry.nextPutOff;
        entry.nextPutOff = null;
      }
      return entry;
    }
  }
}
