package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * A slot is offered while two wait: it becomes idle and the first is called to look for it, but
 * gives up at the same moment. The slot must not lie idle beside the second.
 */
public class CalledWaiterStress {
  /** The second was served, waiters counted. */
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Either answered the call.")
  @Outcome(
      id = "false, 1",
      expect = FORBIDDEN,
      desc = "The first left before the call, the caller thought it was heard: all sleep.")
  @Outcome(expect = FORBIDDEN, desc = "The count is wrong.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean idle;
    private boolean served;
    private int waiting = 2;

    private void serve() {
      if (idle && waiting == 1) {
        idle = false;
        served = true;
        waiting = 0;
      }
    }

    @Actor
    public void returner() {
      synchronized (this) {
        idle = true;
        serve();
      }
    }

    @Actor
    public void first() {
      synchronized (this) {
        waiting--;
        serve();
      }
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = served;
      r.r2 = waiting;
    }
  }

  /** The first leaves, then looks for a call; the caller calls, then looks whether it left. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.reserved();
    private final Waiter<Place> first = rig.enqueue();
    private final Waiter<Place> second = rig.enqueue();

    @Actor
    public void returner() {
      rig.exchange.offer(slot);
    }

    @Actor
    public void first() {
      rig.exchange.cancel(first);
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = rig.isServed(second); // it looks if it was called itself, as the first had left before
      r.r2 = rig.exchange.waiting();
    }
  }

  /** The first looks for a call, then leaves. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private volatile boolean idle;
    private volatile boolean called;
    private volatile boolean left;
    private volatile boolean served;

    private void demand() {
      if (idle) {
        served = true;
      }
    }

    @Actor
    public void returner() {
      idle = true;
      called = true;
      if (left) {
        demand();
      }
    }

    @Actor
    public void first() {
      if (called) {
        demand();
      }
      left = true;
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = served;
      r.r2 = served ? 0 : 1;
    }
  }
}
