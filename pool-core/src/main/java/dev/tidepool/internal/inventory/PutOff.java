package dev.tidepool.internal.inventory;

import dev.tidepool.internal.exchange.SureLock;
import org.jspecify.annotations.Nullable;

/**
 * Closes that could not begin, for want of memory or of a thread, or are not to begin yet. Chained
 * through the entries, so that it takes no memory. Thread-safe.
 */
final class PutOff {
  private final SureLock lock = new SureLock();

  /** Guarded by the lock, as {@link Entry#nextPutOff}. */
  private @Nullable Entry newest;

  /** Puts off the close of an entry; it counts as one that has not ended. */
  void add(Entry entry) {
    lock.lock();
    try {
      entry.nextPutOff = newest;
      newest = entry;
    } finally {
      lock.unlock();
    }
  }

  /** An entry whose close is to be begun now, or null. */
  @Nullable Entry next() {
    lock.lock();
    try {
      Entry entry = newest;
      if (entry != null) {
        newest = entry.nextPutOff;
        entry.nextPutOff = null;
      }
      return entry;
    } finally {
      lock.unlock();
    }
  }
}
