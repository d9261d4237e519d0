package dev.tidepool.internal.exchange;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All slots of a pool, and a quick way to an idle one.
 *
 * <p>A thread first tries the slot it had last, remembered in a small table indexed by its thread
 * id: one compare-and-set on a word that no other thread uses while each has its own. Failing that,
 * the bits of the chunks say where idle slots may be, lowest first, so that a quiet pool keeps
 * using the same few and the others age out. The cost does not grow with the number of slots in
 * use: a word covers 64 of them, and a stale bit is cleared by the first who meets it.
 *
 * <p>The table belongs to the bag, not to the threads: nothing is left behind in a thread, and
 * short-lived (virtual) threads cost nothing. Adding and removing take a lock; acquiring never
 * does.
 */
final class Bag<S extends Slot> {
  /** Filled as threads come: most pools are borrowed from by few, and some by none. */
  private final @Nullable Hint<S>[] hints = newHints();

  private final Object lock = new Object();
  private volatile @Nullable Runnable onStir;
  private volatile Chunk<S>[] chunks = newChunks(1);

  Bag() {
    chunks[0] = new Chunk<>();
  }

  /** Takes an idle slot for the calling thread: IDLE to IN_USE. */
  @Nullable S tryAcquire() {
    int place = (int) Thread.currentThread().getId() & (hints.length - 1);
    Hint<S> hint = hints[place];
    if (hint != null) {
      S slot = hint.slot;
      if (slot != null && slot.tryAcquire()) {
        return slot;
      }
    }
    return tryAcquireSlow(place);
  }

  private @Nullable S tryAcquireSlow(int place) {
    stir();
    Hint<S> hint = hintAt(place);
    for (Chunk<S> chunk : chunks) {
      for (long bits = chunk.idleBits(); bits != 0; bits &= bits - 1) {
        int seat = Long.numberOfTrailingZeros(bits);
        do {
          S slot = chunk.at(seat);
          if (slot != null && slot.tryAcquire()) {
            hint.slot = slot;
            return slot;
          }
          // Again, if it became idle while it was hidden: whoever looked meanwhile missed it and
          // relies on this look.
        } while (chunk.hide(seat));
      }
    }
    return null;
  }

  /** Of two threads that make one at once, one remembers its slot in vain. */
  private Hint<S> hintAt(int place) {
    Hint<S> hint = hints[place];
    if (hint == null) {
      hint = new Hint<>();
      hints[place] = hint;
    }
    return hint;
  }

  /** Takes an idle slot for the pool: IDLE to CHECKING. */
  @Nullable S tryReserve(Predicate<? super S> wanted) {
    for (Chunk<S> chunk : chunks) {
      for (long bits = chunk.idleBits(); bits != 0; bits &= bits - 1) {
        S slot = chunk.at(Long.numberOfTrailingZeros(bits));
        if (slot != null && slot.state() == SlotState.IDLE && wanted.test(slot) && slot.reserve()) {
          return slot;
        }
      }
    }
    return null;
  }

  /**
   * False if no slot is idle, or whoever has just made one idle is about to look for waiters, or
   * one is hidden for a moment by a borrower who is about to take it.
   */
  boolean mayHaveIdle() {
    for (Chunk<S> chunk : chunks) {
      if (chunk.idleBits() != 0) {
        return true;
      }
    }
    return false;
  }

  void forEachIdle(Consumer<? super S> action) {
    for (Chunk<S> chunk : chunks) {
      for (long bits = chunk.idleBits(); bits != 0; bits &= bits - 1) {
        S slot = chunk.at(Long.numberOfTrailingZeros(bits));
        if (slot != null && slot.state() == SlotState.IDLE) {
          action.accept(slot);
        }
      }
    }
  }

  /** Makes a slot visible that has just become idle. */
  void show(S slot) {
    Chunk<?> chunk = slot.chunk;
    if (chunk != null) {
      chunk.show(slot.seat);
    }
  }

  void add(S slot) {
    synchronized (lock) {
      for (Chunk<S> chunk : chunks) {
        int seat = chunk.freeSeat();
        if (seat >= 0) {
          sit(slot, chunk, seat);
          return;
        }
      }
      Chunk<S> added = new Chunk<>();
      sit(slot, added, 0);
      Chunk<S>[] more = newChunks(chunks.length + 1);
      System.arraycopy(chunks, 0, more, 0, chunks.length);
      more[chunks.length] = added;
      chunks = more;
    }
  }

  private void sit(S slot, Chunk<S> chunk, int seat) {
    slot.chunk = chunk;
    slot.seat = seat;
    chunk.put(seat, slot);
  }

  @SuppressWarnings("ReferenceEquality") // this very slot, not one like it
  void remove(S slot) {
    synchronized (lock) {
      Chunk<S> chunk = chunkOf(slot);
      if (chunk != null && chunk.at(slot.seat) == slot) {
        chunk.put(slot.seat, null);
      }
    }
  }

  @SuppressWarnings("unchecked") // a slot sits in the bag it was added to
  private @Nullable Chunk<S> chunkOf(S slot) {
    return (Chunk<S>) slot.chunk;
  }

  void forEach(Consumer<? super S> action) {
    for (Chunk<S> chunk : chunks) {
      for (long bits = chunk.taken(); bits != 0; bits &= bits - 1) {
        S slot = chunk.at(Long.numberOfTrailingZeros(bits));
        if (slot != null) {
          action.accept(slot);
        }
      }
    }
  }

  /**
   * Forgets who had what, so that the next borrowers start again from the lowest seats. Called now
   * and then: otherwise ten threads that take turns would keep ten connections warm where one is
   * enough.
   */
  void forgetHints() {
    for (Hint<S> hint : hints) {
      if (hint != null && hint.slot != null) {
        hint.slot = null;
      }
    }
  }

  /**
   * Has the action run when somebody next looks for a slot without a hint, once. After {@link
   * #forgetHints} that is the first borrower, but for one who has read its hint already.
   */
  void whenStirred(Runnable action) {
    onStir = action;
  }

  /** Runs that action, if it is due. */
  void stir() {
    Runnable action = onStir;
    if (action != null) {
      onStir = null;
      action.run();
    }
  }

  /**
   * Far more places than threads can run at a time: two running threads that share one take each
   * other's slot over and over. Places go by the low bits of the id, so threads that were created
   * one after the other do not share.
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <S extends Slot> @Nullable Hint<S>[] newHints() {
    int cpus = Runtime.getRuntime().availableProcessors();
    return new Hint[Integer.highestOneBit(Math.min(512, Math.max(64, 16 * cpus)))];
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <S extends Slot> Chunk<S>[] newChunks(int length) {
    return new Chunk[length];
  }

  /**
   * The slot a thread had last. Read and written without ordering: a stale value costs a failed
   * compare-and-set, and a successful one on the slot's state orders everything its former owners
   * wrote before it.
   */
  private static final class Hint<S extends Slot> extends Padding {
    @Nullable S slot;
  }
}
