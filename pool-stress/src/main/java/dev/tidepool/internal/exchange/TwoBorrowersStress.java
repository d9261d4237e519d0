package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Two borrowers want one idle slot: exactly one of them gets it. */
public class TwoBorrowersStress {
  /** First got it, second got it. */
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first got it.")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second got it.")
  @Outcome(id = "true, true", expect = FORBIDDEN, desc = "Handed to two borrowers.")
  @Outcome(expect = FORBIDDEN, desc = "An idle slot that nobody could have.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean idle = true;

    private boolean tryAcquire() {
      synchronized (this) {
        boolean mine = idle;
        idle = false;
        return mine;
      }
    }

    @Actor
    public void first(ZZ_Result r) {
      r.r1 = tryAcquire();
    }

    @Actor
    public void second(ZZ_Result r) {
      r.r2 = tryAcquire();
    }
  }

  /** One compare-and-set of the whole word. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Slot slot = new Place();

    /** With the slot idle. */
    public Real() {
      slot.makeIdle();
    }

    @Actor
    public void first(ZZ_Result r) {
      r.r1 = slot.tryAcquire();
    }

    @Actor
    public void second(ZZ_Result r) {
      r.r2 = slot.tryAcquire();
    }
  }

  /** A look at the word, then a write. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private volatile SlotState state = SlotState.IDLE;

    private boolean tryAcquire() {
      if (state != SlotState.IDLE) {
        return false;
      }
      state = SlotState.IN_USE;
      return true;
    }

    @Actor
    public void first(ZZ_Result r) {
      r.r1 = tryAcquire();
    }

    @Actor
    public void second(ZZ_Result r) {
      r.r2 = tryAcquire();
    }
  }
}
