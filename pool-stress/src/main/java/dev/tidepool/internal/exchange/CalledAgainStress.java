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
 * A waiter that was called before, in vain, looks for the slot at the moment that another is
 * offered. It finds that one, or is woken for it.
 */
public class CalledAgainStress {
  /** The waiter was served by its look; it was woken. */
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Found; not woken for nothing.")
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Found, and woken for nothing.")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Woken to look again.")
  @Outcome(id = "false, false", expect = FORBIDDEN, desc = "It sleeps beside an idle slot.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean called = true;
    private boolean idle;
    private boolean woken;

    @Actor
    public void returner() {
      synchronized (this) {
        idle = true;
        woken = !called;
        called = true;
      }
    }

    @Actor
    public void waiter(ZZ_Result r) {
      synchronized (this) {
        called = false;
        r.r1 = idle;
      }
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = woken;
    }
  }

  /** It takes note of the call, then looks; the caller makes the slot idle, then reads the note. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.reserved();
    private final Waiter<Place> waiter = rig.enqueue();

    public Real() {
      waiter.call();
    }

    @Actor
    public void returner() {
      rig.exchange.offer(slot);
    }

    @Actor
    public void waiter(ZZ_Result r) {
      r.r1 = rig.isServed(waiter);
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = rig.woken;
    }
  }

  /** It looks, then takes note. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private volatile boolean called = true;
    private volatile boolean idle;
    private volatile boolean woken;

    @Actor
    public void returner() {
      idle = true;
      if (!called) {
        called = true;
        woken = true;
      }
    }

    @Actor
    public void waiter(ZZ_Result r) {
      r.r1 = idle;
      called = false;
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = woken;
    }
  }
}
