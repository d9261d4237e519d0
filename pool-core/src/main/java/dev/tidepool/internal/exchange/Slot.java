package dev.tidepool.internal.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One place of the pool and its state machine.
 *
 * <p>State and lease live in one word, {@code lease << 3 | state}. Every move is a compare-and-set
 * of the whole word, so of two threads that want to move a slot one wins and the other knows it.
 * The lease grows by one each time a borrower loses the slot; a borrower remembers the lease it was
 * given, so an old reference can neither use nor return a slot that has long been lent to someone
 * else, and a second return is a failed compare-and-set instead of a flag to guard.
 *
 * <p>Moves are verbs that tell whether they happened. {@link SlotState#next()} holds the legal
 * ones; every verb here is one of them.
 */
public abstract class Slot extends Padding {
  static final int STATE_BITS = 3;
  static final int STATE_MASK = (1 << STATE_BITS) - 1;

  private static final int IDLE = SlotState.IDLE.ordinal();
  private static final int IN_USE = SlotState.IN_USE.ordinal();
  private static final int RETURNING = SlotState.RETURNING.ordinal();
  private static final int CHECKING = SlotState.CHECKING.ordinal();
  private static final int DOOMED = SlotState.DOOMED.ordinal();
  private static final int RETIRED = SlotState.RETIRED.ordinal();

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Slot.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // written through WORD
  private volatile long word = CHECKING;

  /** Where the bag keeps it; set once, before the slot can become idle. */
  @Nullable Chunk<?> chunk;

  /** Its seat in the chunk. */
  int seat;

  /** A new slot is in {@link SlotState#CHECKING}, owned by the thread that made it. */
  protected Slot() {}

  /** The state at this moment. */
  public final SlotState state() {
    return SlotState.of(word);
  }

  /** The lease at this moment; belongs to the caller only while the caller owns the slot. */
  public final long lease() {
    return word >>> STATE_BITS;
  }

  /** Whether {@code lease} still entitles its borrower to use this slot. */
  public final boolean isLeased(long lease) {
    long w = word;
    return w >>> STATE_BITS == lease && ((int) w & STATE_MASK) != RETIRED;
  }

  // ---- moves of borrowers

  /** IDLE to IN_USE: the caller becomes the borrower, with {@link #lease()}. */
  public final boolean tryAcquire() {
    long w = word;
    return ((int) w & STATE_MASK) == IDLE && move(w, w + (IN_USE - IDLE));
  }

  /** IN_USE to IDLE in one step, for a borrower who left nothing to reset. */
  public final boolean tryRelease(long lease) {
    return move(word(lease, IN_USE), word(lease + 1, IDLE));
  }

  /**
   * IN_USE to RETURNING: ends the lease; the caller must reset the slot and pass it on or retire
   * it.
   */
  public final boolean beginReturn(long lease) {
    return move(word(lease, IN_USE), word(lease + 1, RETURNING));
  }

  /**
   * DOOMED to DOOMED: ends the lease as {@link #beginReturn} does; the caller must see to what may
   * hang, and retire the slot if nobody has meanwhile.
   */
  public final boolean beginDoomedReturn(long lease) {
    return move(word(lease, DOOMED), word(lease + 1, DOOMED));
  }

  /** IN_USE to CHECKING: the borrower who has just taken the slot wants it validated first. */
  public final boolean setAside(long lease) {
    return move(word(lease, IN_USE), word(lease + 1, CHECKING));
  }

  /**
   * DOOMED to RETIRED by the borrower or returner who holds {@code lease}; the caller must close
   * it.
   */
  public final boolean retireDoomed(long lease) {
    return move(word(lease, DOOMED), word(lease, RETIRED));
  }

  /**
   * IN_USE or DOOMED to RETIRED while {@code lease} is in force, over the head of its borrower; the
   * caller must cut it off.
   */
  public final boolean reclaim(long lease) {
    // DOOMED last: IN_USE may become DOOMED between two attempts, never the other way round.
    return move(word(lease, IN_USE), word(lease, RETIRED)) || retireDoomed(lease);
  }

  // ---- moves of the pool

  /** IDLE to CHECKING: takes it out of reach of borrowers. */
  public final boolean reserve() {
    long w = word;
    return ((int) w & STATE_MASK) == IDLE && move(w, w + (CHECKING - IDLE));
  }

  /**
   * RETURNING or CHECKING to IN_USE: the owner makes it ready for the waiter it will be handed to.
   */
  public final boolean lend() {
    long w = word;
    int s = (int) w & STATE_MASK;
    return (s == RETURNING || s == CHECKING) && move(w, w - s + IN_USE);
  }

  /** RETURNING to CHECKING, by the owner: quiet for too long to be handed on unseen. */
  public final boolean check() {
    long w = word;
    return ((int) w & STATE_MASK) == RETURNING && move(w, w + (CHECKING - RETURNING));
  }

  /** RETURNING or CHECKING to IDLE, by the owner. */
  public final boolean makeIdle() {
    long w = word;
    int s = (int) w & STATE_MASK;
    return (s == RETURNING || s == CHECKING) && move(w, w - s + IDLE);
  }

  /** IN_USE or RETURNING to DOOMED: it will be retired when it comes back. */
  public final boolean doom() {
    long w = word;
    for (; ; ) {
      int s = (int) w & STATE_MASK;
      if (s != IN_USE && s != RETURNING) {
        return false;
      }
      long seen = (long) WORD.compareAndExchange(this, w, w - s + DOOMED);
      if (seen == w) {
        return true;
      }
      w = seen;
    }
  }

  /** IDLE to RETIRED; the caller must close it. */
  public final boolean retireIdle() {
    return retireFrom(IDLE);
  }

  /** CHECKING to RETIRED over the head of whoever checks it; the caller must close it. */
  public final boolean retireChecking() {
    return retireFrom(CHECKING);
  }

  /**
   * RETURNING, CHECKING or DOOMED to RETIRED, by the thread that owns it; the caller must close it.
   */
  public final boolean retireOwned() {
    // DOOMED last: RETURNING may become DOOMED between two attempts, never the other way round.
    return retireFrom(RETURNING) || retireFrom(CHECKING) || retireFrom(DOOMED);
  }

  /**
   * RETURNING or DOOMED to RETIRED while {@code lease} is in force, over the head of a returning
   * thread that hangs; the caller must cut it off.
   */
  public final boolean endReturn(long lease) {
    return move(word(lease, RETURNING), word(lease, RETIRED))
        || move(word(lease, DOOMED), word(lease, RETIRED));
  }

  /** Any state but RETIRED to RETIRED, whoever owns it; the caller must cut it off. */
  public final boolean condemn() {
    long w = word;
    for (; ; ) {
      int s = (int) w & STATE_MASK;
      if (s == RETIRED) {
        return false;
      }
      long seen = (long) WORD.compareAndExchange(this, w, w - s + RETIRED);
      if (seen == w) {
        return true;
      }
      w = seen;
    }
  }

  private boolean retireFrom(int from) {
    long w = word;
    return ((int) w & STATE_MASK) == from && move(w, w - from + RETIRED);
  }

  private boolean move(long from, long to) {
    return WORD.compareAndSet(this, from, to);
  }

  private static long word(long lease, int state) {
    return lease << STATE_BITS | state;
  }
}
