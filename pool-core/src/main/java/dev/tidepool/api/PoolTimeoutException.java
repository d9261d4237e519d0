package dev.tidepool.api;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No connection became free within {@code connectionTimeout}. The message says why and what to do.
 */
public final class PoolTimeoutException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  private final Duration waited;
  private final transient @Nullable PoolStats stats;

  /**
   * For use by the pool.
   *
   * @param message the whole diagnosis
   * @param sqlState SQLSTATE of the newest failed connect, else 08001
   * @param waited how long the borrower waited
   * @param stats the pool at that moment
   * @param cause the newest failed connect, or null
   */
  public PoolTimeoutException(
      String message,
      String sqlState,
      Duration waited,
      PoolStats stats,
      @Nullable Throwable cause) {
    super(message, sqlState, cause);
    this.waited = waited;
    this.stats = stats;
  }

  /** How long the borrower waited. */
  public Duration waited() {
    return waited;
  }

  /** The pool at the moment of giving up; null after deserialisation. */
  public @Nullable PoolStats stats() {
    return stats;
  }
}
