package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Entry;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the JDBC objects need from the engine behind them. */
public interface Lender {
  /**
   * Takes back a connection whose borrower left nothing to reset. Ends the lease and passes the slot on.
   *
   * @return false if the lease was over already (a second close)
   */
  boolean giveBack(Entry entry, long lease);

  /**
   * Takes back a connection for which {@link Entry#beginReturn} or {@link Entry#retireDoomed} succeeded and whose state
   * has been reset.
   *
   * @param reason null if the next borrower may have it, else why it must be retired
   * @param cause the error behind the reason
   */
  void giveBackReset(Entry entry, @Nullable RetireReason reason, @Nullable Throwable cause);

  /** Whether this error means that the session cannot be trusted any more. */
  boolean isFatal(SQLException error);

  /** Marks a lent connection to be retired when it comes back. */
  void doom(Entry entry, RetireReason reason, @Nullable Throwable cause);

  /** Ends the lease at once and cuts the connection off on a thread of the pool. */
  void abort(Entry entry, long lease);

  /** Coarse time in nanoseconds, for {@link Entry#touch}. */
  long coarseNanos();

  /** Name of the pool, for messages. */
  String poolName();
}
