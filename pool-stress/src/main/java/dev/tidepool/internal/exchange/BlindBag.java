package dev.tidepool.internal.exchange;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bag as {@link Bag}, but whoever clears a bit does not look at the slot again. It loses slots;
 * the tests must notice.
 */
final class BlindBag {
  private final Place[] seats;
  private final AtomicLong idleBits = new AtomicLong();

  /** With so many idle slots. */
  BlindBag(int size) {
    seats = new Place[size];
    for (int i = 0; i < size; i++) {
      seats[i] = new Place();
      seats[i].seat = i;
      seats[i].makeIdle();
      show(seats[i]);
    }
  }

  Place at(int seat) {
    return seats[seat];
  }

  @Nullable Place tryAcquire() {
    for (long bits = idleBits.get(); bits != 0; bits &= bits - 1) {
      Place slot = seats[Long.numberOfTrailingZeros(bits)];
      if (slot.tryAcquire()) {
        return slot;
      }
      idleBits.getAndUpdate(all -> all & ~bit(slot));
    }
    return null;
  }

  void release(Place slot) {
    slot.tryRelease(slot.lease());
    show(slot);
  }

  private void show(Place slot) {
    if ((idleBits.get() & bit(slot)) == 0) {
      idleBits.getAndUpdate(all -> all | bit(slot));
    }
  }

  private static long bit(Place slot) {
    return 1L << slot.seat;
  }
}
