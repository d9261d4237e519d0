package dev.tidepool.api;

import java.sql.SQLTransientConnectionException;

/** Refused at once: {@code maximumWaiters} borrowers are waiting already. */
public final class PoolBusyException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  /** For use by the pool. */
  public PoolBusyException(String message) {
    super(message, "08004");
  }
}
