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
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Two slots are passed on at once while two wait: each waiter gets one, and not the same. */
public class TwoReturnsStress {
  /** First served, second served, with different slots. */
  @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "Each has its own.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody waits beside a slot, or two have the same one.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private int next;
    private final int[] slotOf = new int[2];

    @Actor
    public void first() {
      synchronized (this) {
        slotOf[next++] = 1;
      }
    }

    @Actor
    public void second() {
      synchronized (this) {
        slotOf[next++] = 2;
      }
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r1 = slotOf[0] != 0;
      r.r2 = slotOf[1] != 0;
      r.r3 = slotOf[0] != slotOf[1];
    }
  }

  /** The waiter is taken out of the queue before it is served. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private final Place one = rig.lent();
    private final Place two = rig.lent();
    private final Waiter<Place> early = rig.enqueue();
    private final Waiter<Place> late = rig.enqueue();

    @Actor
    public void first() {
      one.beginReturn(one.lease());
      rig.exchange.pass(one);
    }

    @Actor
    public void second() {
      two.beginReturn(two.lease());
      rig.exchange.pass(two);
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      Place first = rig.slotOf(early);
      Place second = rig.slotOf(late);
      r.r1 = first != null;
      r.r2 = second != null;
      r.r3 = first != second;
    }
  }

  /** The waiter is served and then taken out of the queue, whoever is its head by then. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Queue<AtomicReference<@Nullable Place>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Place> early = new AtomicReference<>();
    private final AtomicReference<@Nullable Place> late = new AtomicReference<>();

    /** With both in the queue. */
    public Weakened() {
      queue.add(early);
      queue.add(late);
    }

    private void pass(Place slot) {
      for (AtomicReference<@Nullable Place> waiter = queue.peek();
          waiter != null;
          waiter = queue.peek()) {
        boolean given = waiter.compareAndSet(null, slot);
        queue.poll();
        if (given) {
          return;
        }
      }
    }

    @Actor
    public void first() {
      pass(new Place());
    }

    @Actor
    public void second() {
      pass(new Place());
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r1 = early.get() != null;
      r.r2 = late.get() != null;
      r.r3 = early.get() != late.get();
    }
  }
}
