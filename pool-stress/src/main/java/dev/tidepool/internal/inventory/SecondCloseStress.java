package dev.tidepool.internal.inventory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two threads close the same connection at the same moment, and the first borrows it again. What
 * the next borrower has noted must stay, however late the second {@code close()} goes on: without
 * it a leak would never be reported.
 */
public class SecondCloseStress {
  private static final Thread BEFORE = new Thread();
  private static final Thread NEXT = new Thread();
  private static final PhysicalConnection PHYSICAL = physical();

  /** Borrowed again, and the next borrower is noted with its lease. */
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "The next borrower is known.")
  @Outcome(
      id = "true, false",
      expect = FORBIDDEN,
      desc = "The second close made the pool forget who has the connection.")
  @Outcome(expect = FORBIDDEN, desc = "A connection that came back could not be borrowed.")
  public static class Outcomes {}

  /** Nobody ever calls it. */
  private static PhysicalConnection physical() {
    Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                SecondCloseStress.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, args) -> {
                  throw new UnsupportedOperationException(method.getName());
                });
    SessionDefaults defaults = new SessionDefaults(true, false, 2, null, null, 1, 0);
    return new PhysicalConnection(connection, defaults, null, null, null, false, null, null);
  }

  private static Entry lent() {
    Entry entry = new Entry(1, PHYSICAL, 0);
    entry.lend();
    entry.borrowed(BEFORE, 1);
    return entry;
  }

  private static boolean borrow(Entry entry) {
    boolean taken = entry.tryAcquire();
    entry.borrowed(NEXT, 3);
    return taken;
  }

  @SuppressWarnings("ReferenceEquality") // this very thread
  private static boolean knowsNext(Entry entry) {
    return entry.holder() == NEXT && entry.isLentOn(entry.lease()) && entry.borrowedAt() == 3;
  }

  /** Close and borrow are one step each. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Model {
    private boolean lent = true;
    private int lease;
    private int holder = 1;

    private void close() {
      synchronized (this) {
        if (lent && lease == 0) {
          lease++;
          lent = false;
          holder = 0;
        }
      }
    }

    private boolean borrow() {
      synchronized (this) {
        boolean idle = !lent;
        lent = true;
        holder = 2;
        return idle;
      }
    }

    @Actor
    public void first(ZZ_Result r) {
      close();
      r.r1 = borrow();
    }

    @Actor
    public void second() {
      close();
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = holder == 2;
    }
  }

  /** A return that may be too late touches nothing that a borrower has noted. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Real {
    private final Entry entry = lent();
    private final long lease = entry.lease();

    private void close() {
      if (entry.isLeased(lease)) {
        entry.returning(2);
        entry.tryRelease(lease);
      }
    }

    @Actor
    public void first(ZZ_Result r) {
      close();
      r.r1 = borrow(entry);
    }

    @Actor
    public void second() {
      close();
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = knowsNext(entry);
    }
  }

  /** The return forgets the borrower before it knows whether the lease is over. */
  @JCStressTest
  @JCStressMeta(Outcomes.class)
  @State
  public static class Weakened {
    private final Entry entry = lent();
    private final long lease = entry.lease();

    private void close() {
      if (entry.isLeased(lease)) {
        entry.returned(2);
        entry.tryRelease(lease);
      }
    }

    @Actor
    public void first(ZZ_Result r) {
      close();
      r.r1 = borrow(entry);
    }

    @Actor
    public void second() {
      close();
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r2 = knowsNext(entry);
    }
  }
}
