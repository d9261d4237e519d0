package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.config.Secrets;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.inventory.Entry;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the borrower holds: the driver's connection for as long as the lease lasts.
 *
 * <p>Every call first compares the lease; after {@link #close()} it can neither use nor return a
 * connection that has long been lent to someone else. Calls note in bits what they may leave
 * behind, and close() undoes only that. Safe for use by several threads as far as the driver is.
 */
public final class BorrowedConnection extends BorrowedTransactions {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  /**
   * For the engine, on handing out; {@link RequestBoundaries#begin} comes before.
   *
   * @param lease the lease with which the borrower holds the slot
   */
  public BorrowedConnection(Lender lender, Entry entry, long lease) {
    super(lender, entry, lease, entry.physical().connection());
  }

  /** The slot it was taken from. */
  public Entry entry() {
    return entry;
  }

  /** Whether it came from that pool. */
  @SuppressWarnings("ReferenceEquality")
  public boolean isLentBy(Lender other) {
    return lender == other;
  }

  /** The lease it was lent with; compare with {@link Entry#isLeased}. */
  public long lease() {
    return lease;
  }

  // ---- giving it back

  /** Gives the connection back; never fails, as one that cannot be reset is retired. */
  @Override
  public void close() {
    try {
      // An open statement shows as USED, as does everything else that was called.
      if ((flags & Dirty.ANYTHING_TO_UNDO) != 0) {
        closeSlow();
      } else if (lender.giveBack(entry, lease) && (flags & Dirty.ANYTHING_TO_UNDO) != 0) {
        // The very first call, by another thread, came between the look and the end of the lease.
        // It looks at the lease after it has noted itself (see enter), so one of the two finds out.
        lender.retireSoon(entry, RetireReason.RESET_FAILED);
      }
    } catch (StackOverflowError e) {
      if (lease > entry.forsaken) { // else a late second close of an old lease
        entry.forsaken = lease; // nobody calls this twice
      }
      throw e;
    }
  }

  private void closeSlow() {
    // Had before the claim: from there on nothing may stand between it and the hand-back.
    ConnectionReset reset = reset();
    if (entry.beginReturn(lease)) {
      Throwable failure = reset.run(this);
      if (failure == null && (flags & Dirty.COPY) != 0) {
        lender.giveBackUnsure(entry);
      } else {
        lender.giveBackReset(entry, failure == null ? null : RetireReason.RESET_FAILED, failure);
      }
      reportAfterReturn(failure);
    } else if (entry.beginDoomedReturn(lease)) {
      // Where the socket is closed next nothing can be committed, and a dead one may not answer.
      boolean cutOff = entry.isDoomedAsDead() && entry.physical().cutOff() != null;
      Throwable failure = cutOff ? null : reset.rollBackOnly(this);
      if (failure != null
          && !entry.isDoomedAsDead()) { // closing may commit what could not be rolled back
        lender.giveBackReset(entry, RetireReason.RESET_FAILED, failure);
      } else if (entry.retireOwned()) { // else it took so long that upkeep has done it
        lender.giveBackDoomed(entry);
      }
      reportAfterReturn(failure);
    }
  }

  /** Who has closed once and failed does not do so again: then it goes back as it is. */
  private ConnectionReset reset() {
    if (entry.reset() instanceof ConnectionReset reset) {
      return reset;
    }
    boolean done = false;
    try {
      ConnectionReset made = new ConnectionReset(lender, entry);
      entry.reset(made);
      done = true;
      return made;
    } finally {
      if (!done) { // no memory, no stack
        lender.abort(entry, lease);
      }
    }
  }

  @SuppressWarnings("removal") // ThreadDeath still means that this thread must end
  private void reportAfterReturn(@Nullable Throwable failure) {
    if (failure == null) {
      return;
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{}: connection #{} is retired, it could not be reset",
          lender.poolName(),
          entry.id(),
          SafeErrors.clean(failure));
    }
    if (failure instanceof VirtualMachineError || failure instanceof ThreadDeath) {
      throw (Error) failure;
    }
  }

  /** Ends the lease and has the connection cut off on a thread of the pool, not the executor's. */
  @Override
  public void abort(Executor executor) throws SQLException {
    if (executor == null) {
      throw new SQLException(lender.poolName() + ": abort needs an executor, not null", "HY009");
    }
    if (isLeased()) {
      lender.abort(entry, lease);
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    try {
      return !isLeased() || delegate.isClosed();
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  /**
   * Asks the driver, for no longer than the pool's own limit; a connection that is not valid is
   * retired when it comes back.
   */
  @Override
  public boolean isValid(int timeout) throws SQLException {
    if (timeout < 0) {
      throw new SQLException(
          lender.poolName() + ": timeout of isValid is " + timeout + " s, must be 0 or more",
          "HY024");
    }
    if (!isLeased()) {
      return false;
    }
    markUsed();
    mark(Dirty.MAY_HAVE_FAILED);
    if (!tryCalling()) { // which looks again, as enter() does
      return false;
    }
    // 0 would be no limit at all in most drivers.
    int limit = Math.max(1, lender.validationTimeoutSeconds());
    try {
      boolean valid = delegate.isValid(timeout == 0 ? limit : Math.min(timeout, limit));
      judge(valid);
      return valid;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    } finally {
      called();
    }
  }

  private void judge(boolean valid) {
    if (valid) {
      // No exchange within a transaction: a driver may ask without opening one.
      markUsed();
      touch();
    } else if (isLeased()) {
      lender.doom(entry, RetireReason.VALIDATION_FAILED, null);
    }
  }

  // ---- requests

  @Override
  public void beginRequest() throws SQLException {
    if (passesRequestsOn()) {
      super.beginRequest();
    }
  }

  @Override
  public void endRequest() throws SQLException {
    if (passesRequestsOn()) {
      super.endRequest();
    }
  }

  /** A hint; HSQLDB takes it for a reset, and forgets all that the pool has set. */
  private boolean passesRequestsOn() throws SQLException {
    check();
    return entry.physical().requestBoundaries();
  }

  // ---- what it makes

  @Override
  @Nullable Statement wrapStatement(@Nullable Statement made) throws SQLException {
    return made == null ? null : keep(new BorrowedStatement(this, made));
  }

  @Override
  @Nullable PreparedStatement wrapPrepared(@Nullable PreparedStatement made, @Nullable String sql)
      throws SQLException {
    return made == null ? null : keep(new BorrowedPreparedStatement(this, made, sql));
  }

  @Override
  @Nullable CallableStatement wrapCallable(@Nullable CallableStatement made, @Nullable String sql)
      throws SQLException {
    return made == null ? null : keep(new BorrowedCallableStatement(this, made, sql));
  }

  @Override
  @Nullable DatabaseMetaData wrapMetaData(@Nullable DatabaseMetaData made) {
    mark(Dirty.MAY_HAVE_FAILED); // what it asks of the server
    return made == null ? null : new BorrowedMetaData(this, made);
  }

  // ---- JDBC 4.5: no @Override, as the interface has these methods from JDK 26 on

  /** As JDBC 4.5 has it; on an older JDK the driver's rules for statements apply. */
  public String enquoteLiteral(String value) throws SQLException {
    enter();
    try {
      return Quoting.enquoteLiteral(delegate, value);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  /** As JDBC 4.5 has it; on an older JDK the driver's rules for statements apply. */
  public String enquoteNCharLiteral(String value) throws SQLException {
    enter();
    try {
      return Quoting.enquoteNCharLiteral(delegate, value);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  /** As JDBC 4.5 has it; on an older JDK the driver's rules for statements apply. */
  public String enquoteIdentifier(String identifier, boolean always) throws SQLException {
    enter();
    try {
      return Quoting.enquoteIdentifier(delegate, identifier, always);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  /** As JDBC 4.5 has it; on an older JDK the driver's rules for statements apply. */
  public boolean isSimpleIdentifier(String identifier) throws SQLException {
    enter();
    try {
      return Quoting.isSimpleIdentifier(delegate, identifier);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  // ---- what is behind it

  /**
   * The driver's object for any type the driver has, {@code Connection} included; never this. What
   * is set on it is undone as well; isolation, schema and client info only if {@code type} is a
   * connection of the driver's own, as to find out can take two round trips.
   */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return unwrap(this, delegate, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return isWrapperFor(this, delegate, type);
  }

  /** For this connection and all that it made: {@code self} only for the pool's own types. */
  <T> T unwrap(Wrapper self, Wrapper wrapped, Class<T> type) throws SQLException {
    enter();
    if (type != null && !type.isInstance(wrapped) && type.isInstance(self)) {
      return type.cast(self);
    }
    // From here on the borrower can change anything behind the pool's back. But a type that is no
    // Connection sets nothing, and Connection itself is what tracing tools want, each time.
    boolean whole =
        type != null && type != Connection.class && Connection.class.isAssignableFrom(type);
    mark(Dirty.UNSURE | Dirty.UNWRAPPED | (whole ? Dirty.DRIVERS_OWN : 0));
    try {
      if (whole) {
        keepClientInfo();
        keepTypeMap();
      }
      T own = type != null && type.isInstance(wrapped) ? type.cast(wrapped) : wrapped.unwrap(type);
      if (type != null
          && !type.getName().startsWith("java.")
          && entry.physical().canCopyThrough(type)) {
        mark(Dirty.COPY);
      }
      return own;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  boolean isWrapperFor(Wrapper self, Wrapper wrapped, Class<?> type) throws SQLException {
    check();
    try {
      return (type != null && (type.isInstance(wrapped) || type.isInstance(self)))
          || wrapped.isWrapperFor(type);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Error e) {
      broken(e);
      throw e;
    }
  }

  @Override
  public String toString() {
    // Some drivers show their URL.
    return name() + ": " + (isLeased() ? Secrets.mask(text(delegate)) : "given back");
  }
}
