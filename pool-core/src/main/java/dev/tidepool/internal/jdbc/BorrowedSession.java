package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.LocalRefusal;
import dev.tidepool.internal.connect.Originals;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.inventory.Entry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.CallableStatement;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of a borrowed connection and what the borrower may have left behind: what the
 * forwarding methods ask before, after and instead of a call of the driver.
 */
abstract class BorrowedSession extends TrackedList {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);
  static final String CONNECTION_DOES_NOT_EXIST = "08003";
  private static final VarHandle FLAGS;

  static {
    try {
      FLAGS = MethodHandles.lookup().findVarHandle(BorrowedSession.class, "flags", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Lender lender;
  final long lease;

  /** Bits of {@link Dirty}; plain reads, atomic writes. */
  int flags;

  BorrowedSession(Lender lender, Entry entry, long lease) {
    super(entry);
    PhysicalConnection physical = entry.physical();
    this.lender = lender;
    this.lease = lease;
    this.flags =
        (physical.requestBoundaries() ? Dirty.REQUEST : 0)
            | (physical.defaults().autoCommit() ? 0 : Dirty.MANUAL);
  }

  final boolean isLeased() {
    return entry.isLeased(lease);
  }

  /** Refuses the call if the lease is over. */
  final void check() throws SQLException {
    if (!entry.isLeased(lease)) {
      throw leaseOver();
    }
  }

  /** {@link #check}, and notes that the call may leave something behind. */
  final void enter() throws SQLException {
    if (!entry.isLeased(lease)) {
      throw leaseOver();
    }
    if (!isMarkedUsed()) {
      markUsed();
      // Again: close() looks at the bits after the end of the lease, so either it sees this call,
      // or this call sees the end.
      check();
    }
  }

  /**
   * {@link #enter} for what asks the server about the session with some drivers: H2 takes a
   * snapshot for that, which would be the next borrower's. Those whose status is known do not.
   */
  final void ask() throws SQLException {
    if (entry.physical().status() == null) {
      enter();
    } else {
      check();
    }
  }

  private boolean isMarkedUsed() {
    int wanted = usedBits();
    return (flags & wanted) == wanted;
  }

  private int usedBits() {
    return (flags & Dirty.MANUAL) == 0 ? Dirty.USED : Dirty.USED | Dirty.TRANSACTION;
  }

  /** Notes a call, which opens a transaction if auto-commit is off. */
  final void markUsed() {
    markUsed(usedBits());
  }

  private void markUsed(int wanted) {
    if ((flags & wanted) != wanted) {
      mark(wanted);
    }
  }

  /** Notes that an object is handed out that can open a transaction later, past every check. */
  final void lendLiving() {
    mark(Dirty.UNSURE);
  }

  /** Notes that the server has answered. */
  final void exchanged() {
    // Again, as a commit by another thread may have cleared the bit while this call was on its way.
    int wanted = usedBits();
    markUsed(wanted == Dirty.USED ? wanted : wanted | Dirty.EXCHANGED);
    touch();
  }

  /** Notes what is about to be sent; null where it was noted before. */
  final void sending(@Nullable String sql) {
    if (sql != null) {
      lender.sending(entry, lease, sql);
    }
  }

  final void touch() {
    entry.touch(lender.coarseNanos());
  }

  /** Sets bits, and returns those before; atomic, as a bit lost between threads is a leak. */
  final int mark(int bits) {
    int before = flags;
    return (before & bits) == bits ? before : (int) FLAGS.getAndBitwiseOr(this, bits);
  }

  final boolean has(int bits) {
    return (flags & bits) != 0;
  }

  final void clear(int bits) {
    if ((flags & bits) != 0) {
      FLAGS.getAndBitwiseAnd(this, ~bits);
    }
  }

  /**
   * Lets the pool judge an error of the driver.
   *
   * @return the same error, to be thrown
   */
  final SQLException failed(SQLException error) {
    // A batch may have failed half-way; its first mark another thread's commit may have cleared.
    mark(Dirty.MAY_HAVE_FAILED | usedBits());
    try {
      if (isLeased()) {
        boolean writable =
            !entry.physical().defaults().readOnly() && (flags & Dirty.READ_ONLY) == 0;
        boolean unused = lender.judge(entry, error, writable);
      }
    } catch (RuntimeException | Error e) {
      // The borrower needs the driver's error more than that of the classifier.
      Throwable safe = SafeErrors.clean(e);
      error.addSuppressed(safe);
      LOG.warn("{}: an error of the driver could not be judged", lender.poolName(), safe);
    }
    return error;
  }

  /**
   * After an Error or a RuntimeException, out of memory for example, the driver may be in the
   * middle of an exchange: the answer still to come must not reach the next borrower. Only to
   * refuse what it does not support, or does not have, a driver need not have begun anything.
   */
  final void broken(Throwable error) {
    if (!LocalRefusal.is(error)) {
      markUsed(); // as in failed()
      cutShort(error);
    }
  }

  /** After what may have ended a message to the server in the middle. */
  final void cutShort(Throwable error) {
    if (isLeased()) {
      lender.doom(entry, RetireReason.FATAL_ERROR, error);
    }
  }

  /**
   * {@link #enter}, and notes that an attribute is about to change.
   *
   * @return the bits before
   */
  final int changing(int attribute) throws SQLException {
    enter();
    // Before the bit: who clears that must see that somebody is about to change the attribute. And
    // a reset that has read the bits already misses this one, but then the lease is over.
    calling();
    if (has(Dirty.SET_BESIDE)) {
      // Whoever set it has ended; no refusal from now on is beside such a call.
      boolean unused = clearIfAlone(Dirty.SET_BESIDE);
    }
    int before = mark(attribute);
    if ((before & attribute) != 0 && (before & Dirty.CALLS) != Dirty.CALL) {
      // Both bits, as the other thread's setter may be refused, and clear the first, in between.
      mark(attribute | Dirty.SET_BESIDE);
    }
    return before;
  }

  /**
   * Clears a bit within a call, if no other is under way.
   *
   * @return whether it did
   */
  final boolean clearIfAlone(int bit) {
    int now = flags;
    return (now & Dirty.CALLS) == Dirty.CALL && FLAGS.compareAndSet(this, now, now & ~bit);
  }

  /**
   * Notes a call that must not reach the next borrower's session: it may be waiting for the driver
   * while another thread gives the connection back. Either that return sees the call, and retires
   * the connection, or this sees the end of the lease. {@link #called} must follow.
   */
  final void calling() throws SQLException {
    if (!tryCalling()) {
      throw leaseOver();
    }
  }

  /** The same; false if the lease is over. */
  final boolean tryCalling() {
    int before = (int) FLAGS.getAndAdd(this, Dirty.CALL);
    if ((before & Dirty.CALLS) != 0) {
      noteBeside(before);
    }
    if (isLeased()) {
      return true;
    }
    called();
    return false;
  }

  /**
   * Several threads at once, and one of them may be choosing another server, see ServerChoice; or
   * so many that the next few would count as none.
   */
  private void noteBeside(int before) {
    ServerStatus status = entry.physical().status();
    boolean choosing =
        (before & Dirty.READ_ONLY) != 0 && status != null && status.isOfSeveralSessions();
    if (choosing || before < 0) {
      mark(Dirty.LEFT_BEHIND);
    }
  }

  /**
   * Notes the closing of rows or of a statement where that can be a call, too: pgjdbc closes a
   * cursor that was a value by a statement. {@link #closed} must follow; false if the lease is
   * over, and the return closes what is open.
   */
  final boolean tryClosing() {
    return !entry.physical().readsCursorsWhenAsked() || tryCalling();
  }

  final void closed() {
    if (entry.physical().readsCursorsWhenAsked()) {
      called();
    }
  }

  /** Notes the end of such a call. */
  final void called() {
    int unused = (int) FLAGS.getAndAdd(this, -Dirty.CALL);
  }

  /**
   * Runs what the driver leaves to an executor as a call of its own: MySQL's driver sets the
   * network timeout so. Not at all if the lease is over.
   */
  final @Nullable Executor whileLent(@Nullable Executor executor) {
    return executor == null ? null : task -> executor.execute(() -> runWhileLent(task));
  }

  private void runWhileLent(Runnable task) {
    if (tryCalling()) {
      try {
        task.run();
      } finally {
        called();
      }
    }
  }

  /** {@link #failed} for a setter; what the driver refused by itself needs no reset. */
  final SQLException notChanged(int attribute, int before, SQLException error) {
    clearIfRefused(attribute, before, error);
    return failed(error);
  }

  /** {@link #broken} for a setter; likewise. */
  final void brokenSetter(int attribute, int before, Throwable error) {
    clearIfRefused(attribute, before, error);
    broken(error);
  }

  /** Not where another thread has set the same meanwhile, who has seen this call and says so. */
  private void clearIfRefused(int attribute, int before, Throwable error) {
    if ((before & attribute) == 0 && LocalRefusal.is(error)) {
      int now;
      do {
        now = flags;
      } while ((now & Dirty.SET_BESIDE) == 0 && !FLAGS.compareAndSet(this, now, now & ~attribute));
    }
  }

  final String leaseOverText() {
    return entry.lease() == lease
        ? name() + " was retired by the pool" + whyRetired()
        : name() + ": connection was returned to pool " + lender.poolName();
  }

  private String whyRetired() {
    if (entry.isRetiredFor(RetireReason.BORROWED_TOO_LONG)) {
      return ", as it was borrowed for longer than maxBorrowTime";
    }
    return entry.isRetiredFor(RetireReason.POOL_CLOSED)
        ? ", as the pool was closed"
        : ": aborted, cut off, or doomed and given back";
  }

  final SQLException leaseOver() {
    return new SQLNonTransientConnectionException(leaseOverText(), CONNECTION_DOES_NOT_EXIST);
  }

  // ---- what was made

  /** Has it closed with this connection; at once if the connection went back meanwhile. */
  final <T extends Tracked> T keep(T made) throws SQLException {
    add(made);
    // Only now: the return takes out what is there after the end of the lease, so one of the two
    // sees the other.
    if (isLeased()) {
      return made;
    }
    if (remove(made)) {
      made.closeDelegate();
    }
    throw leaseOver();
  }

  /** Asks the originals of this connection; a driver is never asked under their lock. */
  final boolean wants(Predicate<Originals> question) {
    synchronized (entry) {
      return question.test(entry.originals());
    }
  }

  /** Notes a change; false if the lease is over, as they are the next borrower's then. */
  final boolean note(Consumer<Originals> change) {
    synchronized (entry) {
      if (!isLeased()) {
        return false;
      }
      change.accept(entry.originals());
      return true;
    }
  }

  abstract @Nullable Statement wrapStatement(@Nullable Statement made) throws SQLException;

  abstract @Nullable PreparedStatement wrapPrepared(
      @Nullable PreparedStatement made, @Nullable String sql) throws SQLException;

  abstract @Nullable CallableStatement wrapCallable(
      @Nullable CallableStatement made, @Nullable String sql) throws SQLException;

  abstract @Nullable DatabaseMetaData wrapMetaData(@Nullable DatabaseMetaData made);

  // ---- for messages

  /** Pool and number, as in every message. */
  final String name() {
    return lender.poolName() + " connection #" + entry.id();
  }

  /** A driver's text, or its class where the driver fails even at that. */
  static String text(Object delegate) {
    try {
      return String.valueOf(delegate);
    } catch (RuntimeException e) {
      return delegate.getClass().getName();
    }
  }
}
