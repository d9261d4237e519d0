package dev.tidepool.internal.inventory;

import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Originals;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.SlotState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A slot of the pool with its physical connection and its history.
 *
 * <p>Times are nanoseconds of the runtime's coarse clock. Fields without a note are written by
 * whoever owns the slot and read by the upkeep pass, which tolerates values that are a moment old;
 * the state word orders them between owners.
 */
public final class Entry extends LiveSlot {
  private static final VarHandle HOLDER;
  private static final VarHandle LENT_LEASE;
  private static final VarHandle CALL;

  static {
    try {
      HOLDER = MethodHandles.lookup().findVarHandle(Entry.class, "holder", Thread.class);
      CALL = MethodHandles.lookup().findVarHandle(Entry.class, "call", Call.class);
      LENT_LEASE = MethodHandles.lookup().findVarHandle(Entry.class, "lentLease", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long id;
  private final PhysicalConnection physical;
  private final long openedAt;
  private final int credentials;
  private final double lifetimeSpread = ThreadLocalRandom.current().nextDouble();

  private long idleSince;
  private long borrowedAt;
  private long uses;

  /**
   * The newest lease whose borrower has been noted; written last, with release: whoever sees it
   * sees what belongs to it, or to a later lease.
   */
  @SuppressWarnings("UnusedVariable") // through LENT_LEASE
  private long lentLease = -1;

  private final SeenLease seen = new SeenLease();

  /**
   * Written after {@code borrowedAt}, with release: whoever sees the holder sees the time that
   * belongs to it.
   */
  @SuppressWarnings("UnusedVariable") // through HOLDER
  private @Nullable Thread holder;

  private @Nullable Throwable borrowStack;

  private @Nullable Originals originals;

  /** Who undoes a borrower's work; made by the first that returns it. */
  private @Nullable Object reset;

  /** By the borrower's thread, if asked for; read by reports. */
  private volatile @Nullable Sent lastSent;

  /** Written by the upkeep pass alone: the borrow that was reported as a leak. */
  private volatile long leakReportedFor;

  /** Why a doomed slot must go; written before the state becomes DOOMED. */
  private volatile @Nullable Doom doom;

  private volatile @Nullable Call call;

  /** What the pool itself asks of the driver in a way that may hang for more than the socket. */
  private final InterruptibleCall inDriver = new InterruptibleCall();

  /** By the thread that is in the driver. */
  private volatile boolean mayWaitForCopy;

  /**
   * The newest lease whose holder met a {@link StackOverflowError} on the way to the connection or
   * in giving it back, so that nobody does that any more; the smallest value if none did. A field,
   * as where it is written there is no stack for a call.
   */
  public volatile long forsaken = Long.MIN_VALUE;

  /** Whether its way out could not begin: its thread's stack had come to its end. */
  volatile boolean unfinished;

  /** Whether it counts as open no more; guarded by the lock of Places. */
  boolean gone;

  /** Whether it has its place though it is being closed; guarded by the lock of Places. */
  boolean leaving;

  /** The next whose close is put off; guarded by the lock of PutOff. */
  @Nullable Entry nextPutOff;

  /** A connection that was opened just now. */
  public Entry(long id, PhysicalConnection physical, long now) {
    this(id, physical, now, 0);
  }

  /**
   * The same.
   *
   * @param credentials see {@link Inventory#credentials}
   */
  Entry(long id, PhysicalConnection physical, long now, int credentials) {
    super(now);
    this.id = id;
    this.physical = physical;
    this.credentials = credentials;
    this.openedAt = now;
    this.idleSince = now;
  }

  /** Number of the connection in its pool. */
  public long id() {
    return id;
  }

  /** The driver's connection and what is known of it. */
  public PhysicalConnection physical() {
    return physical;
  }

  /** What its borrowers changed and every return restores; under the monitor of this entry. */
  public Originals originals() {
    if (originals == null) {
      originals = new Originals();
    }
    return originals;
  }

  /** Which credentials it logged in with; see {@link Inventory#credentials}. */
  public int credentials() {
    return credentials;
  }

  /** When it was opened. */
  public long openedAt() {
    return openedAt;
  }

  /** Where in the spread of lifetimes this connection lies, 0 to 1. */
  public double lifetimeSpread() {
    return lifetimeSpread;
  }

  /** Whether it was opened before then. */
  public boolean isOld(long then) {
    return openedAt - then < 0;
  }

  /** Whether it was opened before then and has not spoken with the server since. */
  public boolean isOldAndSilent(long then) {
    return isOld(then) && isSilent(then);
  }

  /** When the last borrower gave it back. */
  public long idleSince() {
    return idleSince;
  }

  /** When the present borrower took it. */
  public long borrowedAt() {
    return borrowedAt;
  }

  /** How often it was borrowed. */
  public long uses() {
    return uses;
  }

  /** Whether {@link #holder} and {@link #borrowedAt} are those of this lease or a later one. */
  public boolean isLentOn(long lease) {
    return (long) LENT_LEASE.getAcquire(this) == lease;
  }

  /**
   * The thread that borrowed it, or was the last to; null once that is forgotten. Of the present
   * borrower only if {@link #isLentOn}.
   */
  public @Nullable Thread holder() {
    return (Thread) HOLDER.getAcquire(this);
  }

  /** Where it was borrowed, if stacks are recorded. */
  public @Nullable Throwable borrowStack() {
    return borrowStack;
  }

  /** Notes the borrower. */
  public void borrowed(Thread by, long now) {
    borrowedAt = now;
    uses++;
    HOLDER.setRelease(this, by);
    LENT_LEASE.setRelease(this, lease());
  }

  /** Takes that back: it did not get so far. By the owner of the slot. */
  public void notLent() {
    uses--;
  }

  /** Notes where it was borrowed. */
  public void borrowedFrom(Throwable stack) {
    borrowStack = stack;
  }

  /**
   * A call of the driver that the pool makes on the borrower's thread.
   *
   * @param lease the borrower's
   * @param deadline when it is to be cut off
   */
  public record Call(long lease, long deadline) {}

  /** The call under way, or null. */
  public @Nullable Call call() {
    return call;
  }

  /** Notes such a call. */
  public void begin(Call begun) {
    call = begun;
  }

  /** Ends that call; true for the one caller that does. */
  public boolean end(Call begun) {
    return CALL.compareAndSet(this, begun, null);
  }

  /**
   * The pool is about to call the driver, on this thread, which may be interrupted there.
   *
   * @param mayWait whether for the end of a COPY that the borrower could have begun and not ended
   */
  public void enterDriver(boolean mayWait) {
    mayWaitForCopy = mayWait;
    inDriver.enter();
  }

  /** Ends that. */
  public void leaveDriver() {
    inDriver.leave();
    mayWaitForCopy = false;
  }

  /** Whether somebody is in the driver so who may wait for that. */
  public boolean mayWaitForCopy() {
    return mayWaitForCopy;
  }

  /** Lets that call end, now that the connection is closed. */
  void interruptInDriver() {
    if (physical.mayInterrupt()) {
      inDriver.interrupt();
    }
  }

  /** Notes what the borrower with that lease sends to the server. */
  public void sending(long lease, String sql, long now) {
    lastSent = Sent.of(lease, sql, now);
  }

  /** Forgets that. */
  public void forgetSent() {
    lastSent = null;
  }

  /**
   * What the borrower with that lease sent last and when, as {@code , 12 ms ago it sent: select 1};
   * nothing if that was not noted.
   */
  public String lastSent(long lease, long now) {
    Sent last = lastSent;
    return last == null || last.lease() != lease
        ? ""
        : ", "
            + Math.max(0, now - last.at()) / 1_000_000
            + " ms ago it sent: "
            + last.shown(physical.connection().getClass().getName());
  }

  /** What its returns are undone with, of the layer above; null before the first. */
  public @Nullable Object reset() {
    return reset;
  }

  /** Keeps that for the next. */
  public void reset(Object made) {
    reset = made;
  }

  /** Notes the return; by the owner of the slot, before it is passed on. */
  public void returned(long now) {
    forgetBorrower();
    idleSince = now;
  }

  /**
   * Notes a return that is about to be tried. The lease may be over, and the slot another
   * borrower's by now, so this touches nothing that a borrower has noted.
   */
  public void returning(long now) {
    idleSince = now;
  }

  /** So that a thread that has ended, or a stack, is not kept; by the owner of the slot. */
  public void forgetBorrower() {
    holder = null;
    borrowStack = null;
  }

  /** Whether the lease is no longer the borrower's although the slot is not back yet. */
  public boolean isBeingReturned(long lease) {
    return switch (state()) {
      case RETURNING -> true;
      case DOOMED -> !isLentOn(lease);
      case IDLE, IN_USE, CHECKING, RETIRED -> false;
    };
  }

  /** See {@link SeenLease#seenFor}. */
  public long seenFor(long lease, long now) {
    return seen.seenFor(lease, now);
  }

  /** Whether the present borrow was reported as a leak. */
  public boolean leakReported() {
    return leakReportedFor != 0 && leakReportedFor == uses;
  }

  /** Notes that the present borrow was reported as a leak. */
  public void reportLeak() {
    leakReportedFor = uses;
  }

  /**
   * Marks a lent or returning connection to be retired when it comes back. The first reason stays,
   * unless the connection was to be closed in peace and turns out to be dead.
   *
   * @return whether it is to be retired for this reason
   */
  public boolean doom(Doom why) {
    synchronized (this) { // or the slot is moved by one and the reason noted is another's
      Doom first = doom;
      doom = first == null ? why : first; // before the state says so
      if (doom()) {
        doom = why; // an earlier one came to nothing: no stack, no memory
        return true;
      }
      boolean worse =
          first != null && state() == SlotState.DOOMED && why.isDead() && !first.isDead();
      doom = worse ? why : first;
      return worse;
    }
  }

  /** Says to a borrower why it was retired over his head; by who did that. */
  public void retiredFor(Doom why) {
    synchronized (this) {
      if (doom == null) {
        doom = why;
      }
    }
  }

  /** Whether that was the reason, if one was noted. */
  public boolean isRetiredFor(RetireReason reason) {
    Doom why = doom;
    return why != null && why.reason() == reason;
  }

  /** Whether it was doomed for a reason that has it cut off instead of closed politely. */
  public boolean isDoomedAsDead() {
    Doom why = doomed();
    return why != null && why.isDead();
  }

  /** Why it was doomed, or null. */
  public @Nullable Doom doomed() {
    return doom;
  }

  /** This connection for events and reports. */
  public ConnectionInfo info(long now) {
    return new ConnectionInfo(id, Duration.ofNanos(Math.max(0, now - openedAt)), uses);
  }
}
