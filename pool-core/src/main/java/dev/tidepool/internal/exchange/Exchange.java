package dev.tidepool.internal.exchange;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where slots and borrowers meet: a bag of idle slots and a queue of waiters.
 *
 * <p><b>Hand-over.</b> Waiters are served in order of arrival: a slot that is {@link #pass passed}
 * on goes straight to the head of the queue and is never free in between.
 *
 * <p><b>Barging.</b> A thread that is handed a slot must first be woken, and all the while the slot
 * does nothing, although the thread that gave it back is often about to borrow again. So a slot
 * that comes back from a borrower is {@link #offer offered} instead: it becomes idle, anybody may
 * take it, and the head of the queue is called to look for it. But only while the head has waited
 * for less than {@link #BARGING_BUDGET_NANOS}; after that, slots are passed on until the queue has
 * a younger head. Nobody is overtaken by a slot that came back later than that.
 *
 * <p><b>No lost wake-up.</b> A waiter counts itself in {@code waiting}, joins the queue, and then
 * looks for idle slots ({@code demand}). A returner makes its slot idle and then looks at the
 * queue. Both first steps are full fences, so at least one of the two sees the other; whichever
 * does runs {@code demand}, which pairs idle slots with waiters. With only the returner looking, a
 * waiter that arrived just after the look would sleep beside an idle slot until its timeout.
 *
 * <p>A call is a duty: whoever was called runs {@code demand} before it sleeps again and before it
 * leaves, however it leaves, as the idle slot may be meant for those behind it. A waiter takes note
 * of the call first and looks second, a caller makes the slot idle first and reads the note second;
 * so who finds the waiter called already need not wake it again. A waiter that leaves is closed
 * first and looks for a call second, a caller calls first and looks whether it is open second; so a
 * call that the waiter missed is answered by the caller.
 *
 * <p>{@code demand} is called without any lock held, possibly from several threads at once, and
 * must not block.
 */
public final class Exchange<S extends Slot> {
  /** Newcomers may overtake only while the first waiter has waited for less than that: 6 ms. */
  static final long BARGING_BUDGET_NANOS = 6_000_000L;

  private final Bag<S> bag = new Bag<>();
  private final Queue<Waiter<S>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Parking parking;
  private final Runnable demand;
  private volatile boolean held;
  private volatile boolean closed;

  /**
   * An empty exchange.
   *
   * @param demand called whenever a waiter might be in want of a slot
   */
  public Exchange(Parking parking, Runnable demand) {
    this.parking = parking;
    this.demand = demand;
  }

  /** As the constructor, but first it sees to it that what follows needs no memory to be linked. */
  public static <S extends Slot> Exchange<S> rehearsed(Parking parking, Runnable demand) {
    Rehearsal.run();
    return new Exchange<>(parking, demand);
  }

  // ---- slots come and go

  /** Adds a slot that is in CHECKING; {@link #pass} it on afterwards. */
  public void add(S slot) {
    bag.add(slot);
  }

  /** Forgets a retired slot. */
  public void remove(S slot) {
    bag.remove(slot);
  }

  /** All slots, in no particular order and without stopping anybody. */
  public void forEach(Consumer<? super S> action) {
    bag.forEach(action);
  }

  /** Takes an idle slot out of reach of borrowers: IDLE to CHECKING. */
  public @Nullable S tryReserve(Predicate<? super S> wanted) {
    return bag.tryReserve(wanted);
  }

  /** The slots that are idle at this moment, as far as they stay so. */
  public void forEachIdle(Consumer<? super S> action) {
    bag.forEachIdle(action);
  }

  /** See {@link Bag#mayHaveIdle}. */
  public boolean mayHaveIdle() {
    return bag.mayHaveIdle();
  }

  /** Undoes a reservation: CHECKING to IDLE, without a look at who waits. Allocates nothing. */
  public void putBack(S slot) {
    if (slot.makeIdle()) {
      bag.show(slot);
    }
  }

  /** See {@link Bag#forgetHints}. */
  public void forgetHints() {
    bag.forgetHints();
  }

  /** See {@link Bag#whenStirred}. */
  public void whenStirred(Runnable action) {
    bag.whenStirred(action);
  }

  /** See {@link Bag#whenStirred}. */
  public void stir() {
    bag.stir();
  }

  // ---- borrowing and returning

  /**
   * An idle slot, now IN_USE and the caller's; null if there is none, or if slots are held back.
   */
  public @Nullable S tryAcquire() {
    return held ? null : bag.tryAcquire();
  }

  /**
   * Makes a lent slot idle.
   *
   * @return false if the lease is over or the slot was doomed
   */
  public boolean release(S slot, long lease) {
    if (!slot.tryRelease(lease)) {
      return false;
    }
    bag.show(slot);
    if (isAwaited()) {
      demand.run();
    }
    return true;
  }

  /**
   * Passes on a slot the caller owns (RETURNING or CHECKING): to the first waiter, else to the bag.
   *
   * @return false if the slot was doomed or retired meanwhile; then it is still the caller's to
   *     retire
   */
  public boolean pass(S slot) {
    Passed passed = place(slot);
    if (passed == Passed.TO_THE_BAG && isAwaited()) {
      demand.run();
    }
    return passed != Passed.NOT_AT_ALL;
  }

  private enum Passed {
    TO_A_WAITER,
    TO_THE_BAG,
    NOT_AT_ALL
  }

  /** {@link #pass} without a look at who has come meanwhile. */
  private Passed place(S slot) {
    if (waiting.get() != 0 && !held) {
      if (!slot.lend()) {
        return Passed.NOT_AT_ALL;
      }
      long lease = slot.lease();
      if (handOver(slot)) {
        return Passed.TO_A_WAITER;
      }
      if (!slot.tryRelease(lease)) {
        return Passed.NOT_AT_ALL;
      }
    } else if (!slot.makeIdle()) {
      return Passed.NOT_AT_ALL;
    }
    bag.show(slot);
    return Passed.TO_THE_BAG;
  }

  /**
   * Hands idle slots to waiters as long as there are both. Any number of threads may do so at once,
   * and none waits for another: who is stopped in the middle keeps one slot from the others.
   *
   * @param ready which slots may be handed out
   * @param most how many: under load there may always be one more, and the caller may be a borrower
   *     whose own time runs out
   * @param doomed gets those that were doomed meanwhile, to retire them
   * @return false if there may be more of both
   */
  public boolean serve(Predicate<? super S> ready, int most, Consumer<? super S> doomed) {
    for (int n = 0; !held && isAwaited(); n++) {
      if (n == most) {
        return false;
      }
      S slot = bag.tryReserve(ready);
      if (slot == null) {
        return true;
      }
      if (place(slot) == Passed.NOT_AT_ALL) {
        doomed.accept(slot);
      }
    }
    return true;
  }

  /**
   * As {@link #pass}, for a slot that its borrower gives back: while the first waiter has not
   * waited for long, newcomers may take it.
   */
  public boolean offer(S slot) {
    Waiter<S> first = held ? null : queue.peek();
    if (first == null || parking.nanoTime() - first.since() >= BARGING_BUDGET_NANOS) {
      return pass(slot);
    }
    if (!slot.makeIdle()) {
      return false;
    }
    bag.show(slot);
    if (first.call()) {
      parking.unpark(first.thread());
    }
    if (!first.isOpen()) {
      demand.run(); // it may have left before it could hear the call
    }
    return true;
  }

  private boolean handOver(S slot) {
    for (Waiter<S> waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
      if (waiter.give(slot)) {
        uncount(waiter);
        parking.unpark(waiter.thread());
        return true;
      }
    }
    return false;
  }

  /**
   * By who serves a waiter or by the waiter itself, whoever is first: a borrower who was served and
   * comes back at once must not be refused for want of a place that its own former self still
   * takes.
   */
  private void uncount(Waiter<S> waiter) {
    if (waiter.uncount()) {
      waiting.decrementAndGet();
    }
  }

  // ---- waiting

  /** Borrowers in the queue, and those about to join it. */
  public int waiting() {
    return waiting.get();
  }

  /**
   * Whether somebody stands in the queue. Whoever is counted but has not joined yet looks for slots
   * by itself after joining; to serve it before would be to run in circles until it gets there.
   */
  public boolean isAwaited() {
    return waiting.get() != 0 && !queue.isEmpty();
  }

  /**
   * Joins the queue. The caller must then cause {@code demand} to run and wait with {@link #await}.
   *
   * @param limit how many may wait, this one included
   * @return null if there are too many already
   */
  public @Nullable Waiter<S> enqueue(int limit) {
    Waiter<S> waiter = new Waiter<>(Thread.currentThread(), parking.nanoTime());
    if (waiting.incrementAndGet() > limit) {
      waiting.decrementAndGet();
      return null;
    }
    boolean joined = false;
    try {
      joined = queue.add(waiter);
    } finally {
      if (!joined) { // no memory, no stack; it may stand in the queue all the same
        boolean unused = waiter.giveUp();
        uncount(waiter);
      }
    }
    if (closed) {
      closeWaiters();
    }
    return waiter;
  }

  /**
   * Waits until the waiter is served, the exchange closes, or {@code deadline}.
   *
   * @return the slot, IN_USE and the caller's; null otherwise: the waiter is still in the queue
   *     unless it {@link Waiter#isClosed}
   * @throws InterruptedException if interrupted and not served; the waiter has left the queue
   */
  public @Nullable S await(Waiter<S> waiter, long deadline) throws InterruptedException {
    while (waiter.isOpen()) {
      if (Thread.interrupted()) {
        S slot = cancel(waiter);
        if (slot == null) {
          throw new InterruptedException();
        }
        Thread.currentThread().interrupt();
        return slot;
      }
      long left = deadline - parking.nanoTime();
      if (left <= 0) {
        break;
      }
      parking.park(this, left);
      answerCall(waiter);
    }
    return leave(waiter);
  }

  private @Nullable S leave(Waiter<S> waiter) {
    answerCall(waiter);
    S slot = waiter.slot(); // the look may have served this very waiter
    if (slot != null) {
      uncount(waiter);
    }
    return slot;
  }

  /** Whoever was called looks for the idle slot before it goes on or leaves: nobody else will. */
  private void answerCall(Waiter<S> waiter) {
    if (waiter.takeCall()) {
      demand.run();
    }
  }

  /**
   * Leaves the queue.
   *
   * @return the slot, if the waiter was served before it could leave
   */
  public @Nullable S cancel(Waiter<S> waiter) {
    if (waiter.giveUp()) {
      uncount(waiter);
      queue.remove(waiter);
    }
    return leave(waiter);
  }

  // ---- the whole

  /**
   * Holds slots back from borrowers and waiters, or lets them through again; then the caller must
   * cause {@code demand} to run, which it may not want to do where it calls this.
   */
  public void hold(boolean on) {
    held = on;
  }

  /** Whether slots are held back. */
  public boolean isHeld() {
    return held;
  }

  /** Ends every wait, now and later. Slots still have to be retired one by one. */
  public void close() {
    held = true;
    closed = true;
    closeWaiters();
  }

  private void closeWaiters() {
    for (Waiter<S> waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
      if (waiter.close()) {
        uncount(waiter);
        parking.unpark(waiter.thread());
      }
    }
  }
}
