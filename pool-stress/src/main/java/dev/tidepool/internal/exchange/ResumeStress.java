package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A suspended pool resumes while a slot comes back and a waiter is there already. The returner may
 * still see the pool held; then whoever resumes must pair the two.
 */
public class ResumeStress {
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
    private boolean held = true;
    private boolean idle;
    private boolean served;

    private void pair() {
      if (!held && idle) {
        idle = false;
        served = true;
      }
    }

    @Actor
    public void resumer() {
      synchronized (this) {
        held = false;
        pair();
      }
    }

    @Actor
    public void returner() {
      synchronized (this) {
        idle = true;
        pair();
      }
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = served;
    }
  }

  /** Lets through first, looks second. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.lent();
    private final Waiter<Place> waiter;

    /** Held, with somebody waiting. */
    public Real() {
      rig.exchange.hold(true);
      waiter = rig.enqueue();
    }

    @Actor
    public void resumer() {
      rig.exchange.hold(false);
      rig.demand();
    }

    @Actor
    public void returner() {
      slot.beginReturn(slot.lease());
      rig.exchange.pass(slot);
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = rig.isServed(waiter);
    }
  }

  /** Looks first, lets through second. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Place slot = new Place();
    private volatile boolean held = true;
    private volatile boolean served;

    private void demand() {
      if (slot.reserve()) {
        served = true;
      }
    }

    @Actor
    public void resumer() {
      demand();
      held = false;
    }

    @Actor
    public void returner() {
      slot.makeIdle();
      if (!held) {
        demand();
      }
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = served;
    }
  }
}
