package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Entry;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the JDBC objects need from the engine behind them. None of these methods may throw. */
public interface Lender {
  /**
   * Takes back a connection whose borrower left nothing to reset. Ends the lease and passes the
   * slot on; if the connection was doomed meanwhile, retires it ({@link Entry#retireDoomed}) and
   * has it closed.
   *
   * @return false if the lease was over already (a second close)
   */
  boolean giveBack(Entry entry, long lease);

  /**
   * Takes back a connection for which {@link Entry#beginReturn} succeeded and whose state has been
   * reset. It can have been doomed or retired during the reset: then {@link Entry#lend} and {@link
   * Entry#makeIdle} fail, and {@link Entry#retireOwned} tells whether the engine has to close it.
   *
   * @param reason null if the next borrower may have it, else why it must be retired. The driver's
   *     {@code close()} may commit what could not be rolled back, so such a connection is better
   *     cut off than closed
   * @param cause the error behind the reason
   */
  void giveBackReset(Entry entry, @Nullable RetireReason reason, @Nullable Throwable cause);

  /**
   * The same for one whose state has been reset as far as JDBC goes, and which may be in the middle
   * of a COPY all the same: it is asked for a sign of life before anybody gets it.
   */
  void giveBackUnsure(Entry entry);

  /**
   * Takes back a doomed connection for which {@link Entry#retireDoomed} succeeded. The slot is
   * retired, and an open transaction has been rolled back if the driver could still do it; the
   * engine only has to report the reason it was given with {@link #doom} and to close it.
   */
  void giveBackDoomed(Entry entry);

  /**
   * Judges an error of the driver; if the session cannot be trusted any more, it is doomed.
   *
   * @param writable whether the borrower has not asked for a read-only connection
   * @return whether it was doomed
   */
  boolean judge(Entry entry, SQLException error, boolean writable);

  /** Marks a lent connection to be retired when it comes back; the first reason counts. */
  void doom(Entry entry, RetireReason reason, @Nullable Throwable cause);

  /**
   * Has a connection retired that its borrower has given back but must not be lent on: now if it is
   * idle, else when the next borrower returns it.
   */
  void retireSoon(Entry entry, RetireReason reason);

  /** Ends the lease at once and cuts the connection off on a thread of the pool. */
  void abort(Entry entry, long lease);

  /** A borrower is about to send a statement; noted if that was asked for. */
  void sending(Entry entry, long lease, String sql);

  /** Coarse time in nanoseconds, for {@link Entry#touch}. */
  long coarseNanos();

  /** Longest time a borrower's {@code isValid} may take, in whole seconds, at least 1. */
  int validationTimeoutSeconds();

  /** Run on the return of a connection that was used; null for none. */
  @Nullable ResetSql resetSql();

  /** That SQL has failed: the connection is given back next, to be retired. */
  void resetSqlFailed(Entry entry, String sql, Exception cause);

  /** Name of the pool, for messages. */
  String poolName();
}
