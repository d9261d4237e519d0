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
import org.openjdk.jcstress.infra.results.ZL_Result;

/**
 * The pool condemns a slot, whatever state it is in, while its borrower gives it back. It must end
 * retired, and the condemner must know that the closing is its own.
 */
public class CondemnedReturnStress {
  /** Whether it was condemned, where it ended. */
  @Outcome(id = "true, RETIRED", expect = ACCEPTABLE, desc = "The condemner has to close it.")
  @Outcome(
      id = "false, IDLE",
      expect = FORBIDDEN,
      desc = "Not condemned, although it was not retired.")
  @Outcome(expect = FORBIDDEN, desc = "Escaped, or nobody closes it.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private SlotState state = SlotState.IN_USE;

    @Actor
    public void borrower() {
      synchronized (this) {
        if (state == SlotState.IN_USE) {
          state = SlotState.IDLE;
        }
      }
    }

    @Actor
    public void pool(ZL_Result r) {
      synchronized (this) {
        r.r1 = state != SlotState.RETIRED;
        state = SlotState.RETIRED;
      }
    }

    @Arbiter
    public void after(ZL_Result r) {
      r.r2 = state;
    }
  }

  /** Tries again when the slot moved meanwhile. */
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
    public void borrower() {
      slot.tryRelease(lease);
    }

    @Actor
    public void pool(ZL_Result r) {
      r.r1 = slot.condemn();
    }

    @Arbiter
    public void after(ZL_Result r) {
      r.r2 = slot.state();
    }
  }

  /** Tries once. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final AtomicReference<SlotState> state = new AtomicReference<>(SlotState.IN_USE);

    @Actor
    public void borrower() {
      state.compareAndSet(SlotState.IN_USE, SlotState.IDLE);
    }

    @Actor
    public void pool(ZL_Result r) {
      SlotState seen = state.get();
      r.r1 = seen != SlotState.RETIRED && state.compareAndSet(seen, SlotState.RETIRED);
    }

    @Arbiter
    public void after(ZL_Result r) {
      r.r2 = state.get();
    }
  }
}
