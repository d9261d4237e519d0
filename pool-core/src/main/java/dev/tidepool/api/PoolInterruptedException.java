package dev.tidepool.api;

import java.sql.SQLTransientException;

/** The borrower's thread was interrupted while it waited; its interrupt flag is set again. */
public final class PoolInterruptedException extends SQLTransientException {
  private static final long serialVersionUID = 1L;

  /** For use by the pool. */
  public PoolInterruptedException(String message, InterruptedException cause) {
    super(message, "57014", cause);
  }
}
