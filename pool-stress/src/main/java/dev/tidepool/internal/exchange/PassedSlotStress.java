package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * As {@link LoneReturnStress}, for a slot that is passed on: the returner looks for waiters first,
 * to hand the slot over without making it idle, and must look once more after all.
 */
public class PassedSlotStress {
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

    @Actor
    public void returner() {
      synchronized (this) {
        served = waits;
        idle = !waits;
      }
    }

    @Actor
    public void waiter() {
      synchronized (this) {
        waits = true;
        served = idle;
      }
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = served;
    }
  }

  /** Hands over, or makes idle and looks again. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place slot = rig.lent();
    private @Nullable Waiter<Place> waiter;

    @Actor
    public void returner() {
      slot.beginReturn(slot.lease());
      rig.exchange.pass(slot);
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

  /** Hands over, or makes idle and goes. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Queue<AtomicReference<Place>> queue = new ConcurrentLinkedQueue<>();
    private final Place slot = new Place();
    private final AtomicReference<Place> waiter = new AtomicReference<>();

    @Actor
    public void returner() {
      AtomicReference<Place> first = queue.poll();
      if (first != null) {
        first.set(slot);
      } else {
        slot.makeIdle();
      }
    }

    @Actor
    public void waiter() {
      queue.add(waiter);
      if (slot.reserve()) {
        waiter.set(slot);
      }
    }

    @Arbiter
    public void after(Z_Result r) {
      r.r1 = waiter.get() != null;
    }
  }
}
