package dev.tidepool.internal.exchange;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * The exchange closes while a waiter joins: nobody may be left waiting for what will never come.
 */
public class ClosingStress {
  /** The waiter was told, waiters counted. */
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Told.")
  @Outcome(id = "false, 1", expect = FORBIDDEN, desc = "Waits for nothing until its timeout.")
  @Outcome(expect = FORBIDDEN, desc = "Not told, or still counted.")
  public static class Outcomes {}

  /** A lock. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean closed;
    private boolean joined;
    private boolean told;

    @Actor
    public void closer() {
      synchronized (this) {
        closed = true;
        told = joined;
      }
    }

    @Actor
    public void waiter() {
      synchronized (this) {
        joined = true;
        told = closed;
      }
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = told;
    }
  }

  /** The waiter looks whether all is over after it has joined. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Rig rig = new Rig();
    private @Nullable Waiter<Place> waiter;

    @Actor
    public void closer() {
      rig.exchange.close();
    }

    @Actor
    public void waiter() {
      waiter = rig.enqueue();
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = waiter != null && waiter.isClosed();
      r.r2 = rig.exchange.waiting();
    }
  }

  /** The waiter looks before it joins. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Queue<AtomicBoolean> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean closed;

    @Actor
    public void closer() {
      closed = true;
      for (AtomicBoolean waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
        waiter.set(true);
      }
    }

    @Actor
    public void waiter() {
      if (closed) {
        told.set(true);
      } else {
        queue.add(told);
      }
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r1 = told.get();
      r.r2 = r.r1 ? 0 : 1;
    }
  }
}
