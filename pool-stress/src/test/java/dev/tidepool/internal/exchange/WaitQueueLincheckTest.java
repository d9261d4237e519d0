package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledForJreRange;

/**
 * The queue of waiters in random scenarios, with one slot: whatever the threads do, the answers are
 * those of a first-in-first-out queue, and in the end nobody waits beside an idle slot.
 */
class WaitQueueLincheckTest {
  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void queue() {
    Lincheck.SHORT.modelCheck(Real.class, Specification.class, 2, Bag.class);
    Lincheck.SHORT.modelCheck(Real.class, Specification.class, 3, Bag.class);
    Lincheck.SHORT.stress(Real.class, Specification.class, 3);
  }

  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void waiterThatLooksBeforeItJoins_isFoundOut() {
    assertThatThrownBy(
            () -> Lincheck.FIND.modelCheck(Hasty.class, Specification.class, 3, Bag.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  @Tag("stress")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void inFull() {
    Lincheck.FULL.modelCheck(Real.class, Specification.class, 2, Bag.class);
    Lincheck.FULL.modelCheck(Real.class, Specification.class, 3, Bag.class);
    Lincheck.FULL.modelCheck(Real.class, Specification.class, 3);
    Lincheck.FULL.stress(Real.class, Specification.class, 3);
  }

  /** One slot, and for each thread either a place in the queue, or the slot, or nothing. */
  private static class Borrowers {
    final Rig rig = new Rig();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final Waiter<Place>[] waiters = new Waiter[Lincheck.NUMBERS];

    private final Place[] held = new Place[Lincheck.NUMBERS];

    Borrowers() {
      held[1] = rig.lent();
    }

    Waiter<Place> enqueue() {
      Waiter<Place> waiter = rig.enqueue();
      rig.demand();
      return waiter;
    }

    final boolean join(int thread) {
      if (waiters[thread] != null || held[thread] != null) {
        return false;
      }
      waiters[thread] = enqueue();
      return true;
    }

    final boolean leave(int thread) {
      Waiter<Place> waiter = waiters[thread];
      if (waiter == null) {
        return false;
      }
      waiters[thread] = null;
      held[thread] = rig.exchange.cancel(waiter);
      return held[thread] != null;
    }

    final boolean giveBack(int thread, boolean passing) {
      Place slot = held[thread];
      if (slot == null) {
        return false;
      }
      held[thread] = null;
      long lease = slot.lease();
      return passing
          ? slot.beginReturn(lease) && rig.exchange.pass(slot)
          : rig.exchange.release(slot, lease);
    }

    final void check() {
      int open = 0;
      for (Waiter<Place> waiter : waiters) {
        open += waiter != null && waiter.isOpen() ? 1 : 0;
      }
      if (rig.exchange.waiting() != open) {
        throw new IllegalStateException(open + " wait, counted " + rig.exchange.waiting());
      }
      if (open > 0 && rig.exchange.tryReserve(any -> true) != null) {
        throw new IllegalStateException("somebody waits beside an idle slot");
      }
    }
  }

  /** The exchange as it is. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Real {
    private final Borrowers borrowers = new Borrowers();

    @Operation
    public boolean join(@Param(name = "thread") int thread) {
      return borrowers.join(thread);
    }

    @Operation
    public boolean leave(@Param(name = "thread") int thread) {
      return borrowers.leave(thread);
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
      return borrowers.giveBack(thread, false);
    }

    @Operation
    public boolean pass(@Param(name = "thread") int thread) {
      return borrowers.giveBack(thread, true);
    }

    @Validate
    public void check() {
      borrowers.check();
    }
  }

  /** A waiter that looks for slots before it joins the queue. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Hasty {
    private final Borrowers borrowers =
        new Borrowers() {
          @Override
          Waiter<Place> enqueue() {
            rig.demand();
            return rig.enqueue();
          }
        };

    @Operation
    public boolean join(@Param(name = "thread") int thread) {
      return borrowers.join(thread);
    }

    @Operation
    public boolean leave(@Param(name = "thread") int thread) {
      return borrowers.leave(thread);
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
      return borrowers.giveBack(thread, false);
    }

    @Operation
    public boolean pass(@Param(name = "thread") int thread) {
      return borrowers.giveBack(thread, true);
    }

    @Validate
    public void check() {
      borrowers.check();
    }
  }

  /** What the queue must do if its calls came one after the other. */
  public static class Specification {
    private final Queue<Integer> queue = new ArrayDeque<>();
    private final boolean[] served = new boolean[Lincheck.NUMBERS];
    private final boolean[] holds = new boolean[Lincheck.NUMBERS];
    private boolean idle;

    /** With the slot lent, or most scenarios would be over before anything comes back. */
    public Specification() {
      holds[1] = true;
    }

    public boolean join(int thread) {
      if (queue.contains(thread) || served[thread] || holds[thread]) {
        return false;
      }
      queue.add(thread);
      pair();
      return true;
    }

    public boolean leave(int thread) {
      queue.remove(thread);
      boolean mine = served[thread];
      served[thread] = false;
      holds[thread] |= mine;
      return mine;
    }

    public boolean release(int thread) {
      boolean mine = holds[thread];
      holds[thread] = false;
      idle |= mine;
      pair();
      return mine;
    }

    public boolean pass(int thread) {
      return release(thread);
    }

    private void pair() {
      Integer first = idle ? queue.poll() : null;
      if (first != null) {
        served[first] = true;
        idle = false;
      }
    }
  }
}
