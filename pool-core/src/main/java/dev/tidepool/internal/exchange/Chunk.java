package dev.tidepool.internal.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * 64 seats of a bag and one word that tells which of them may be idle.
 *
 * <p>A set bit is a hint: the slot was idle once since the bit was set. A clear bit is a promise:
 * the slot is not idle, or whoever makes it idle is about to set the bit. Borrowers who find their
 * slot by other means leave its bit alone, so that a busy pool writes this shared word rarely.
 *
 * <p>The promise holds by two pairs of "write, then read the other": {@link #show} runs after the
 * state became IDLE and reads the bit; {@link #hide} clears the bit and then reads the state. Both
 * writes are full fences. If {@code show} still saw the old set bit, its IDLE came before the
 * clearing, and {@code hide} sees it and sets the bit again. Without the second look of {@code
 * hide} an idle slot could stay invisible for ever.
 */
final class Chunk<S extends Slot> {
  static final int SEATS = 64;

  private static final VarHandle IDLE_BITS;

  static {
    try {
      IDLE_BITS = MethodHandles.lookup().findVarHandle(Chunk.class, "idleBits", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final AtomicReferenceArray<@Nullable S> seats = new AtomicReferenceArray<>(SEATS);
  private volatile long idleBits;

  /** Written under the bag's lock. */
  private volatile long taken;

  /** Which seats may hold an idle slot. */
  long idleBits() {
    return idleBits;
  }

  @Nullable S at(int seat) {
    return seats.get(seat);
  }

  /** Which seats hold a slot. */
  long taken() {
    return taken;
  }

  /** The lowest free seat, or -1; only under the bag's lock. */
  int freeSeat() {
    int seat = Long.numberOfTrailingZeros(~taken);
    return seat < SEATS ? seat : -1;
  }

  /** Fills a seat, or empties it; only under the bag's lock. */
  void put(int seat, @Nullable S slot) {
    seats.set(seat, slot);
    long bit = 1L << seat;
    taken = slot != null ? taken | bit : taken & ~bit;
  }

  /** Makes sure that a slot that has just become idle can be found. */
  void show(int seat) {
    long bit = 1L << seat;
    if ((idleBits & bit) == 0) {
      IDLE_BITS.getAndBitwiseOr(this, bit);
    }
  }

  /**
   * Notes that the slot at this seat was found taken; true if it is idle after all, and was not
   * hidden.
   */
  boolean hide(int seat) {
    long bit = 1L << seat;
    IDLE_BITS.getAndBitwiseAnd(this, ~bit);
    S slot = seats.get(seat);
    boolean idle = slot != null && slot.state() == SlotState.IDLE;
    if (idle) {
      IDLE_BITS.getAndBitwiseOr(this, bit);
    }
    return idle;
  }
}
