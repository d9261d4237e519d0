package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * The first {@code close()} gives a slot back and the same thread borrows again; a second {@code
 * close()} of the old reference comes at any moment. It must never take the slot from its next
 * borrower.
 */
public class SecondReturnStress {
  /** Borrowed again, second return did something, next borrower still has it. */
  @Outcome(
      id = "true, false, true",
      expect = ACCEPTABLE,
      desc = "The second return came late and did nothing.")
  @Outcome(
      id = "true, true, true",
      expect = ACCEPTABLE,
      desc = "The second return came first, and the first did nothing.")
  @Outcome(
      id = "true, true, false",
      expect = FORBIDDEN,
      desc = "The second return took the slot from its next borrower.")
  @Outcome(expect = FORBIDDEN, desc = "A slot that came back could not be borrowed.")
  public static class Outcomes {}

  /** The lease is compared under a lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean inUse = true;
    private int lease;

    private void giveBack(int mine, ZZZ_Result r, boolean late) {
      synchronized (this) {
        boolean moved = inUse && lease == mine;
        if (moved) {
          inUse = false;
          lease++;
        }
        if (late) {
          r.r2 = moved;
        }
      }
    }

    private boolean tryAcquire() {
      synchronized (this) {
        boolean idle = !inUse;
        inUse = true;
        return idle;
      }
    }

    @Actor
    public void first(ZZZ_Result r) {
      giveBack(0, r, false);
      r.r1 = tryAcquire();
    }

    @Actor
    public void second(ZZZ_Result r) {
      giveBack(0, r, true);
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r3 = inUse;
    }
  }

  /** State and lease move together. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Slot slot = new Place();
    private final long lease;

    /** With the slot lent. */
    public Real() {
      slot.lend();
      lease = slot.lease();
    }

    @Actor
    public void first(ZZZ_Result r) {
      slot.tryRelease(lease);
      r.r1 = slot.tryAcquire();
    }

    @Actor
    public void second(ZZZ_Result r) {
      r.r2 = slot.tryRelease(lease);
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r3 = slot.state() == SlotState.IN_USE;
    }
  }

  /** A compare-and-set of the state alone: the lease is checked before it. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final AtomicReference<SlotState> state = new AtomicReference<>(SlotState.IN_USE);
    private volatile int lease;

    private boolean tryRelease(int mine) {
      if (lease != mine || !state.compareAndSet(SlotState.IN_USE, SlotState.IDLE)) {
        return false;
      }
      lease = mine + 1;
      return true;
    }

    @Actor
    public void first(ZZZ_Result r) {
      tryRelease(0);
      r.r1 = state.compareAndSet(SlotState.IDLE, SlotState.IN_USE);
    }

    @Actor
    public void second(ZZZ_Result r) {
      r.r2 = tryRelease(0);
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r3 = state.get() == SlotState.IN_USE;
    }
  }
}
