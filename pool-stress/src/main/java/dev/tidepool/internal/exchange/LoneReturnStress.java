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
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * One return and one waiter at the same moment, and nothing after. The waiter joins the queue and
 * then looks for slots, the returner makes its slot idle and then looks for waiters; so one of them
 * sees the other.
 */
public class LoneReturnStress {
  /** Whether the waiter was served. */
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "They found each other.")
  @Outcome(
      id = "false",
      expect = FORBIDDEN,
      desc = "The waiter sleeps beside an idle slot until its timeout.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean idle;
    private boolean waits;
    private boolean served;

    private void pair() {
      if (idle && waits) {
        idle = false;
        served = true;
      }
    }

    @Actor
    public void returner() {
      synchronized (this) {
        idle = true;
        pair();
      }
    }

    @Actor
    public void waiter() {
      synchronized (this) {
        waits = true;
        pair();
      }
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = served;
    }
  }

  /** Both look after they have acted. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.lent();
    private @Nullable Waiter<Place> waiter;

    @Actor
    public void returner() {
      rig.exchange.release(slot, slot.lease());
    }

    @Actor
    public void waiter() {
      waiter = rig.enqueue();
      rig.demand();
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = rig.isServed(waiter);
    }
  }

  /** The waiter looks first and joins second. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Rig rig = new Rig();
    private final Place slot = rig.lent();
    private @Nullable Waiter<Place> waiter;

    @Actor
    public void returner() {
      rig.exchange.release(slot, slot.lease());
    }

    @Actor
    public void waiter() {
      rig.demand();
      waiter = rig.enqueue();
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = rig.isServed(waiter);
    }
  }
}
