package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A slot comes back while a borrower, who saw it taken, clears its bit. Whichever write is last, an
 * idle slot must have its bit.
 *
 * <p>{@code show} writes the state and reads the bit, {@code hide} writes the bit and reads the
 * state: only with both reads behind full fences one of the two sees the other.
 */
public class HiddenSlotStress {
  /** Found by the borrower, found afterwards. */
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The borrower has it.")
  @Outcome(
      id = "false, true",
      expect = ACCEPTABLE,
      desc = "The borrower came too early; the next one finds it.")
  @Outcome(id = "false, false", expect = FORBIDDEN, desc = "An idle slot that nobody will find.")
  @Outcome(expect = FORBIDDEN, desc = "Handed to two borrowers.")
  public static class Outcomes {}

  /** A lock, and no bits. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean idle;

    private boolean tryAcquire() {
      synchronized (this) {
        boolean mine = idle;
        idle = false;
        return mine;
      }
    }

    @Actor
    public void returner() {
      synchronized (this) {
        idle = true;
      }
    }

    @Actor
    public void borrower(ZZ_Result r) {
      r.r1 = tryAcquire();
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = tryAcquire();
    }
  }

  /** Looks again at the slot after its bit is cleared. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Bag<Place> bag = new Bag<>();
    private final Place slot = new Place();

    /** With the slot lent, its bit still set, and nobody who remembers it. */
    public Real() {
      bag.add(slot);
      slot.makeIdle();
      bag.show(slot);
      bag.tryAcquire();
      bag.forgetHints();
    }

    @Actor
    public void returner() {
      slot.tryRelease(0);
      bag.show(slot);
    }

    @Actor
    public void borrower(ZZ_Result r) {
      r.r1 = bag.tryAcquire() != null;
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = bag.tryAcquire() != null;
    }
  }

  /** Clears the bit and looks no more. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final BlindBag bag = new BlindBag(1);
    private final Place slot = bag.at(0);

    /** With the slot lent and its bit still set. */
    public Weakened() {
      bag.tryAcquire();
    }

    @Actor
    public void returner() {
      bag.release(slot);
    }

    @Actor
    public void borrower(ZZ_Result r) {
      r.r1 = bag.tryAcquire() != null;
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = bag.tryAcquire() != null;
    }
  }
}
