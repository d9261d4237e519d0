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
import org.openjdk.jcstress.infra.results.LZL_Result;

/**
 * The pool dooms a lent slot while its borrower gives it back. A doom that took effect must retire
 * the slot; it must not go unnoticed.
 */
public class DoomedReturnStress {
  /** What the borrower did, whether it was doomed, where it ended. */
  @Outcome(id = "released, false, IDLE", expect = ACCEPTABLE, desc = "The return came first.")
  @Outcome(id = "retired, true, RETIRED", expect = ACCEPTABLE, desc = "The doom came first.")
  @Outcome(
      id = "released, true, IDLE",
      expect = FORBIDDEN,
      desc = "A doomed slot is idle and will be lent again.")
  @Outcome(expect = FORBIDDEN, desc = "Neither lent nor idle nor retired.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private SlotState state = SlotState.IN_USE;

    @Actor
    public void borrower(LZL_Result r) {
      synchronized (this) {
        boolean doomed = state == SlotState.DOOMED;
        state = doomed ? SlotState.RETIRED : SlotState.IDLE;
        r.r1 = doomed ? "retired" : "released";
      }
    }

    @Actor
    public void pool(LZL_Result r) {
      synchronized (this) {
        r.r2 = state == SlotState.IN_USE;
        state = r.r2 ? SlotState.DOOMED : state;
      }
    }

    @Arbiter
    public void after(LZL_Result r) {
      r.r3 = state;
    }
  }

  /** Doom is a state. */
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
    public void borrower(LZL_Result r) {
      r.r1 = slot.tryRelease(lease) ? "released" : slot.retireDoomed(lease) ? "retired" : "stuck";
    }

    @Actor
    public void pool(LZL_Result r) {
      r.r2 = slot.doom();
    }

    @Arbiter
    public void after(LZL_Result r) {
      r.r3 = slot.state();
    }
  }

  /** Doom is a flag beside the state, as in pools that mark a connection for eviction. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final AtomicReference<SlotState> state = new AtomicReference<>(SlotState.IN_USE);
    private volatile boolean doomed;

    @Actor
    public void borrower(LZL_Result r) {
      SlotState to = doomed ? SlotState.RETIRED : SlotState.IDLE;
      state.set(to);
      r.r1 = to == SlotState.IDLE ? "released" : "retired";
    }

    @Actor
    public void pool(LZL_Result r) {
      if (state.get() == SlotState.IN_USE) {
        doomed = true;
        r.r2 = true;
      }
    }

    @Arbiter
    public void after(LZL_Result r) {
      r.r3 = state.get();
    }
  }
}
