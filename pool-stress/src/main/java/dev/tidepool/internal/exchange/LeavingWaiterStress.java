package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * A slot is handed to a waiter that gives up at the same moment. The slot is either the waiter's,
 * who learns of it, or idle again.
 */
public class LeavingWaiterStress {
  /** The waiter left with the slot, the slot is idle, waiters counted. */
  @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Served in the last moment.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Left; the slot is for others.")
  @Outcome(
      id = "false, false, 0",
      expect = FORBIDDEN,
      desc = "The slot was given to a waiter who had left: lost for ever.")
  @Outcome(expect = FORBIDDEN, desc = "Handed to two, or somebody is still counted.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean waits = true;
    private boolean given;
    private boolean idle;

    @Actor
    public void returner() {
      synchronized (this) {
        given = waits;
        idle = !waits;
        waits = false;
      }
    }

    @Actor
    public void waiter(ZZI_Result r) {
      synchronized (this) {
        waits = false;
        r.r1 = given;
      }
    }

    @Arbiter
    public void after(ZZI_Result r) {
      r.r2 = idle;
    }
  }

  /** One compare-and-set decides. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.lent();
    private final Waiter<Place> waiter = rig.enqueue();

    @Actor
    public void returner() {
      slot.beginReturn(slot.lease());
      rig.exchange.pass(slot);
    }

    @Actor
    public void waiter(ZZI_Result r) {
      r.r1 = rig.exchange.cancel(waiter) != null;
    }

    @Arbiter
    public void after(ZZI_Result r) {
      r.r2 = rig.exchange.tryAcquire() != null;
      r.r3 = rig.exchange.waiting();
    }
  }

  /** A look whether it was served, then a mark that it has left. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Place slot = new Place();
    private volatile @Nullable Place given;
    private volatile boolean gone;

    @Actor
    public void returner() {
      if (gone) {
        slot.makeIdle();
      } else {
        slot.lend();
        given = slot;
      }
    }

    @Actor
    public void waiter(ZZI_Result r) {
      r.r1 = given != null;
      gone = true;
    }

    @Arbiter
    public void after(ZZI_Result r) {
      r.r2 = slot.tryAcquire();
    }
  }
}
