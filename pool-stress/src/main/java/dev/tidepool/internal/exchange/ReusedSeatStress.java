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
 * A new slot takes the seat of one that is gone, whose bit is still set, while a borrower follows
 * that bit, finds nobody and clears it.
 */
public class ReusedSeatStress {
  /** Found by the borrower, found afterwards. */
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The borrower has it.")
  @Outcome(
      id = "false, true",
      expect = ACCEPTABLE,
      desc = "The borrower came too early; the next one finds it.")
  @Outcome(id = "false, false", expect = FORBIDDEN, desc = "An idle slot that nobody will find.")
  @Outcome(expect = FORBIDDEN, desc = "Handed to two borrowers.")
  public static class Outcomes {}

  /** A lock, and no seats. */
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
    public void opener() {
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

  /** Sits down first, becomes idle, and is shown last. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Bag<Place> bag = new Bag<>();

    /** With an empty seat whose bit is set. */
    public Real() {
      Place gone = new Place();
      bag.add(gone);
      gone.makeIdle();
      bag.show(gone);
      gone.retireIdle();
      bag.remove(gone);
    }

    @Actor
    public void opener() {
      Place slot = new Place();
      bag.add(slot);
      slot.makeIdle();
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

  /** Is shown before it sits down. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Chunk<Place> chunk = new Chunk<>();

    /** With an empty seat whose bit is set. */
    public Weakened() {
      chunk.show(0);
    }

    private boolean tryAcquire() {
      if (chunk.idleBits() == 0) {
        return false;
      }
      do {
        Place slot = chunk.at(0);
        if (slot != null && slot.tryAcquire()) {
          return true;
        }
      } while (chunk.hide(0));
      return false;
    }

    @Actor
    public void opener() {
      Place slot = new Place();
      slot.makeIdle();
      chunk.show(0);
      chunk.put(0, slot);
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
}
