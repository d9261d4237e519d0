package dev.tidepool.api;

import org.jspecify.annotations.Nullable;

/** The pool could not open its first connection within {@code initializationFailTimeout}. */
public final class PoolStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For use by the pool. */
  public PoolStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
