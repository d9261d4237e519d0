package dev.tidepool.api;

import java.sql.SQLNonTransientConnectionException;

/** The pool was closed before or while a connection was asked for. */
public final class PoolClosedException extends SQLNonTransientConnectionException {
  private static final long serialVersionUID = 1L;

  /** For use by the pool. */
  public PoolClosedException(String message) {
    super(message, "08003");
  }
}
