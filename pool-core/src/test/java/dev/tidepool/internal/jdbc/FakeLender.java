package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An engine of one connection: real slot moves, and a note of everything it was told. */
final class FakeLender implements Lender {
  static final String POOL = "reef";
  static final SessionDefaults DEFAULTS =
      new SessionDefaults(true, false, Connection.TRANSACTION_READ_COMMITTED, "cat", "sch", 1, 0);
  static final SessionDefaults MANUAL_DEFAULTS =
      new SessionDefaults(false, false, Connection.TRANSACTION_READ_COMMITTED, "cat", "sch", 1, 0);

  /** One return: how, and why the connection must go, if so. */
  record Returned(String how, @Nullable RetireReason reason, @Nullable Throwable cause) {}

  /** One doom. */
  record Doomed(RetireReason reason, @Nullable Throwable cause) {}

  final List<Returned> returns = new CopyOnWriteArrayList<>();
  final List<Doomed> dooms = new CopyOnWriteArrayList<>();
  final List<SQLException> judged = new CopyOnWriteArrayList<>();
  final List<Long> aborted = new CopyOnWriteArrayList<>();
  final List<RetireReason> retiredSoon = new CopyOnWriteArrayList<>();
  final List<Exception> failedResetSql = new CopyOnWriteArrayList<>();
  final List<String> sent = new CopyOnWriteArrayList<>();
  final Entry entry;
  volatile boolean fatal;
  volatile @Nullable RuntimeException classifierFailure;
  long now = 100;
  int validationTimeoutSeconds = 5;
  @Nullable ResetSql resetSql;

  FakeLender(PhysicalConnection physical) {
    entry = new Entry(7, physical, now);
    entry.makeIdle();
  }

  /** Runs once, after the borrower has decided how to return and before the lease ends. */
  volatile @Nullable Runnable meanwhile;

  FakeLender(Connection driver, SessionDefaults defaults, boolean requestBoundaries) {
    this(new PhysicalConnection(driver, defaults, null, null, null, requestBoundaries, null, null));
  }

  FakeLender(Connection driver, SessionDefaults defaults, ServerStatus status) {
    this(new PhysicalConnection(driver, defaults, null, null, null, false, null, status));
  }

  FakeLender(Connection driver, ServerStatus status) {
    this(driver, DEFAULTS, status);
  }

  FakeLender(Connection driver) {
    this(driver, DEFAULTS, false);
  }

  /** Lends the one connection to the next borrower. */
  BorrowedConnection lend() {
    if (!entry.tryAcquire()) {
      throw new IllegalStateException("not idle but " + entry.state());
    }
    RequestBoundaries.begin(this, entry);
    return new BorrowedConnection(this, entry, entry.lease());
  }

  @Override
  public boolean giveBack(Entry returned, long lease) {
    Runnable pending = meanwhile;
    if (pending != null) {
      meanwhile = null;
      pending.run();
    }
    if (returned.tryRelease(lease)) {
      returns.add(new Returned("clean", null, null));
      return true;
    }
    if (returned.retireDoomed(lease)) {
      returns.add(new Returned("doomed", null, null));
      return true;
    }
    return false;
  }

  @Override
  public void giveBackReset(
      Entry returned, @Nullable RetireReason reason, @Nullable Throwable cause) {
    returns.add(new Returned("reset", reason, cause));
    if (reason != null || !returned.makeIdle()) {
      returned.retireOwned();
    }
  }

  @Override
  public void giveBackUnsure(Entry returned) {
    returns.add(new Returned("unsure", null, null));
    returned.makeIdle();
  }

  @Override
  public void giveBackDoomed(Entry returned) {
    returns.add(new Returned("doomed", null, null));
  }

  @Override
  public boolean judge(Entry judgedEntry, SQLException error, boolean writable) {
    judged.add(error);
    RuntimeException failure = classifierFailure;
    if (failure != null) {
      throw failure;
    }
    if (fatal) {
      doom(judgedEntry, RetireReason.FATAL_ERROR, error);
    }
    return fatal;
  }

  @Override
  public void doom(Entry doomed, RetireReason reason, @Nullable Throwable cause) {
    dooms.add(new Doomed(reason, cause));
    doomed.doom(Doom.of(reason, cause));
  }

  @Override
  public void retireSoon(Entry returned, RetireReason reason) {
    retiredSoon.add(reason);
    if (!returned.retireIdle()) {
      returned.doom();
    }
  }

  @Override
  public void abort(Entry gone, long lease) {
    aborted.add(lease);
    gone.condemn();
  }

  @Override
  public void sending(Entry by, long lease, String sql) {
    sent.add(sql);
  }

  @Override
  public long coarseNanos() {
    return now;
  }

  @Override
  public int validationTimeoutSeconds() {
    return validationTimeoutSeconds;
  }

  @Override
  public @Nullable ResetSql resetSql() {
    return resetSql;
  }

  @Override
  public void resetSqlFailed(Entry returned, String sql, Exception cause) {
    failedResetSql.add(cause);
  }

  @Override
  public String poolName() {
    return POOL;
  }
}
