package dev.tidepool.internal.pool;

import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.PoolBusyException;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.internal.exchange.Waiter;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import dev.tidepool.internal.jdbc.Lender;
import dev.tidepool.internal.jdbc.ResetSql;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The way of a connection to its borrower and back. {@link #getConnection} and {@link #giveBack}
 * are the hot path: no clock, no lock, no configuration look-up; what they need is copied into
 * final fields. Everything rare is in a method whose name ends in Slow.
 */
public final class ConnectionPool implements Lender {
  private final Engine engine;
  private final Exchange<Entry> exchange;
  private final PoolRuntime runtime;
  private final FailureClassifier classifier;
  private final Freshness freshness;

  /** When a borrower began who was served at once: nobody has looked at the clock. */
  private static final long JUST_NOW = Long.MIN_VALUE;

  private final BrokenCalls broken;
  private volatile boolean notesSql;
  private final RequestStart requestStart;
  private final Returns returns;
  private final long maxUses;
  private final boolean recordStacks;
  private final @Nullable ResetSql resetSql;
  private final FailedResets failedResets;

  ConnectionPool(Engine engine, FailureClassifier classifier, TidepoolConfig config) {
    this.engine = engine;
    this.exchange = engine.exchange();
    this.runtime = engine.runtime();
    this.classifier = classifier;
    this.freshness = new Freshness(runtime, config.validateAfterIdle());
    this.maxUses = config.maxUses() == 0 ? Long.MAX_VALUE : config.maxUses();
    this.returns = new Returns(engine, freshness, maxUses);
    this.recordStacks = config.leakDetectionStackTrace();
    this.resetSql = ResetSql.of(config);
    this.failedResets = new FailedResets(engine.poolName(), runtime);
    this.broken = new BrokenCalls(engine.poolName(), runtime);
    this.requestStart = new RequestStart(engine, this);
    this.notesSql = config.reportSql();
  }

  /**
   * Lends a connection.
   *
   * @throws SQLException if none could be had within {@code connectionTimeout}, or the pool is
   *     closed
   */
  public Connection getConnection() throws SQLException {
    Entry entry = exchange.tryAcquire();
    return entry != null && isFresh(entry) ? lend(entry, JUST_NOW) : getSlow(entry);
  }

  private Connection getSlow(@Nullable Entry quiet) throws SQLException {
    long begun = runtime.nanoTime();
    return lendServed(acquireSlow(quiet, begun), begun);
  }

  /** Between being served and waking up the slot may have been retired, as by a close. */
  private Connection lendServed(Entry entry, long begun) throws SQLException {
    BorrowedConnection served = lend(entry, begun);
    while (!served.entry().isLeased(served.lease())) {
      served = lend(acquireSlow(null, begun), begun);
    }
    return served;
  }

  /** The borrower's time runs from {@code begun} on. */
  private BorrowedConnection lend(Entry taken, long begun) throws SQLException {
    Entry entry = taken;
    long lease = Long.MIN_VALUE; // that is, none
    BorrowedConnection borrowed = null;
    try {
      lease = entry.lease();
      entry.borrowed(Thread.currentThread(), runtime.coarseNanos());
      if (recordStacks || entry.physical().requestBoundaries()) {
        entry = prepareSlow(entry, begun);
        lease = entry.lease();
      }
      borrowed = new BorrowedConnection(this, entry, lease);
      return borrowed;
    } catch (StackOverflowError e) {
      if (lease > entry.forsaken) {
        entry.forsaken = lease; // for what comes next may overflow in its turn
      }
      throw e;
    } finally {
      if (borrowed == null) { // an Error of the driver, no memory, no stack
        retireUnlentSlow(entry);
      }
    }
  }

  /** Nobody got hold of it, so nobody would ever give it back. */
  private void retireUnlentSlow(Entry entry) {
    long lease = entry.lease();
    if (endSlow(entry, lease)) {
      if (entry.isLentOn(lease)) {
        entry.notLent();
      }
      returns.retire(entry, Doom.of(RetireReason.ABORTED));
    }
  }

  boolean isFresh(Entry entry) {
    return freshness.isFresh(entry);
  }

  @Override
  public boolean giveBack(Entry entry, long lease) {
    if (!entry.isLeased(lease)) {
      return false;
    }
    if (exchange.waiting() != 0
        || entry.uses() >= maxUses
        || entry.leakReported()
        || recordStacks) { // a stack must be forgotten, by the owner of the slot
      return giveBackSlow(entry, lease);
    }
    // A second close() at the same moment can get here as late as it likes, when the slot has been
    // lent again: so the thread that borrowed is not forgotten here but by upkeep, once it is gone.
    entry.returning(runtime.coarseNanos());
    return exchange.release(entry, lease) || retireDoomed(entry, lease);
  }

  private boolean giveBackSlow(Entry entry, long lease) {
    if (entry.beginReturn(lease)) {
      giveBackReset(entry, null, null);
      return true;
    }
    return retireDoomed(entry, lease);
  }

  private boolean retireDoomed(Entry entry, long lease) {
    if (!entry.retireDoomed(lease)) {
      return false;
    }
    giveBackDoomed(entry);
    return true;
  }

  @Override
  public void giveBackReset(Entry entry, @Nullable RetireReason reason, @Nullable Throwable cause) {
    returns.passOnOrRetire(entry, reason == null ? null : Doom.of(reason, cause), false);
  }

  @Override
  public void giveBackUnsure(Entry entry) {
    returns.passOnOrRetire(entry, null, true);
  }

  @Override
  public void giveBackDoomed(Entry entry) {
    returns.retire(entry, null);
  }

  /** As {@link #getConnection}, for a borrower who has spent some of the time already. */
  public Connection getConnection(long begun) throws SQLException {
    Entry entry = exchange.tryAcquire();
    return lendServed(entry != null && isFresh(entry) ? entry : acquireSlow(entry, begun), begun);
  }

  private Entry acquireSlow(@Nullable Entry quiet, long start) throws SQLException {
    if (quiet != null) {
      validateSlow(quiet);
    }
    if (engine.isClosed()) {
      throw new PoolClosedException(engine.poolName() + " is closed");
    }
    StackRoom.forNote(); // or it would be counted as waiting for ever
    Waiter<Entry> waiter = exchange.enqueue(engine.maximumWaiters());
    if (waiter == null) {
      engine.counters().acquireRefusals.increment();
      throw new PoolBusyException(Diagnosis.refused(engine));
    }
    Entry entry = awaitSlow(waiter, start);
    if (entry != null) {
      return entry;
    }
    if (waiter.isClosed()) {
      throw new PoolClosedException(engine.poolName() + " was closed while this borrower waited");
    }
    Duration waited = Duration.ofNanos(runtime.nanoTime() - start);
    engine.acquireTimedOut(waited);
    throw Diagnosis.timedOut(engine, waited);
  }

  private void validateSlow(Entry quiet) {
    long lease = quiet.lease();
    boolean seenTo = false;
    try {
      StackRoom.forStep();
      if (quiet.setAside(lease)) {
        engine.checker().validate(quiet);
      } else if (quiet.retireDoomed(lease)) {
        engine.retire(quiet, null);
      }
      seenTo = true;
    } catch (StackOverflowError e) {
      if (lease > quiet.forsaken) {
        quiet.forsaken = lease;
      }
      throw e;
    } finally {
      if (!seenTo) {
        abort(quiet, lease);
      }
    }
  }

  private @Nullable Entry awaitSlow(Waiter<Entry> waiter, long start) throws SQLException {
    boolean ended = false;
    try {
      engine.supply();
      Entry entry = exchange.await(waiter, start + engine.connectionTimeout());
      entry = entry != null ? entry : exchange.cancel(waiter);
      engine.counters().acquireWaited(runtime.nanoTime() - start);
      ended = true;
      return entry;
    } catch (InterruptedException e) {
      ended = true;
      engine.counters().acquireWaited(runtime.nanoTime() - start);
      Thread.currentThread().interrupt();
      throw new PoolInterruptedException(
          engine.poolName() + ": interrupted while waiting for a connection", e);
    } finally {
      if (!ended) { // no memory, no stack: a slot must not be given to a thread that is gone
        leaveSlow(waiter);
      }
    }
  }

  private void leaveSlow(Waiter<Entry> waiter) {
    Entry served = exchange.cancel(waiter);
    if (served != null) {
      retireUnlentSlow(served);
    }
  }

  /** Returns what is to be lent: mostly the same entry. */
  private Entry prepareSlow(Entry entry, long begun) throws SQLException {
    recordStack(entry);
    return entry.physical().requestBoundaries()
        ? beginRequestSlow(entry, begun == JUST_NOW ? runtime.nanoTime() : begun)
        : entry;
  }

  private void recordStack(Entry entry) {
    if (recordStacks) {
      entry.borrowedFrom(new Throwable("connection #" + entry.id() + " was borrowed here"));
    }
  }

  /** Where the session turns out to be over, another one is taken in the time that is left. */
  private Entry beginRequestSlow(Entry first, long start) throws SQLException {
    Entry entry = first;
    boolean begun = false;
    try {
      while (!requestStart.tell(entry, start)) {
        entry = acquireSlow(null, start);
        entry.borrowed(Thread.currentThread(), runtime.coarseNanos());
        recordStack(entry);
      }
      begun = true;
      return entry;
    } finally {
      if (!begun) {
        retireUnlentSlow(entry);
      }
    }
  }

  /**
   * Has a borrowed connection retired when it comes back; nothing if it is no longer the
   * borrower's.
   *
   * @return false if it was never out of this pool
   */
  public boolean evict(Connection connection) {
    if (!(connection instanceof BorrowedConnection borrowed) || !borrowed.isLentBy(this)) {
      return false;
    }
    if (borrowed.entry().isLeased(borrowed.lease())) {
      engine.evict(borrowed.entry(), RetireReason.EVICTED);
    }
    return true;
  }

  /**
   * Whether a connection that this pool has just lent is a session of the present user; sessions of
   * an earlier one go little by little.
   */
  public boolean isOfPresentUser(Connection connection) {
    return connection instanceof BorrowedConnection borrowed
        && engine.inventory().isOfPresentUser(borrowed.entry());
  }

  @Override
  public boolean judge(Entry entry, SQLException error, boolean writable) {
    FailureClassifier.Verdict verdict = classifier.classify(error);
    if (verdict == FailureClassifier.Verdict.RETIRE) {
      doom(entry, RetireReason.FATAL_ERROR, error);
      return true;
    }
    if (verdict == FailureClassifier.Verdict.WRONG_NODE
        && writable
        && engine.liveness().refusedToWrite(error)) {
      doom(entry, RetireReason.WRONG_ROLE, error);
      return true;
    }
    return false;
  }

  @Override
  public void doom(Entry entry, RetireReason reason, @Nullable Throwable cause) {
    if (entry.doom(Doom.of(reason, cause)) && reason == RetireReason.FATAL_ERROR) {
      engine.liveness().failed(entry, cause);
      if (cause != null && !(cause instanceof SQLException)) {
        broken.tell(entry, cause);
      }
    }
  }

  @Override
  public void retireSoon(Entry entry, RetireReason reason) {
    engine.evict(entry, reason);
  }

  @Override
  public void abort(Entry entry, long lease) {
    if (endSlow(entry, lease)) {
      returns.retire(entry, Doom.of(RetireReason.ABORTED));
    }
  }

  private static boolean endSlow(Entry entry, long lease) {
    return (entry.beginReturn(lease) && entry.retireOwned()) || entry.retireDoomed(lease);
  }

  /** Has what borrowers send noted from now on, or forgotten. */
  void noteSql(boolean on) {
    notesSql = on;
    if (!on) {
      exchange.forEach(Entry::forgetSent);
    }
  }

  /** Ends what this began on its own account. */
  void stop() {
    requestStart.stop();
  }

  @Override
  public void sending(Entry entry, long lease, String sql) {
    if (notesSql) {
      entry.sending(lease, sql, runtime.coarseNanos());
    }
  }

  @Override
  public long coarseNanos() {
    return runtime.coarseNanos();
  }

  @Override
  public int validationTimeoutSeconds() {
    return Math.max(1, (int) engine.config().validationTimeout().toSeconds());
  }

  @Override
  public @Nullable ResetSql resetSql() {
    return resetSql;
  }

  @Override
  public void resetSqlFailed(Entry entry, String sql, Exception cause) {
    failedResets.tell(entry, sql, cause);
  }

  @Override
  public String poolName() {
    return engine.poolName();
  }
}
