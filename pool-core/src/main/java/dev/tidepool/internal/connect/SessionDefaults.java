package dev.tidepool.internal.connect;

import org.jspecify.annotations.Nullable;

/**
 * The session state every borrower finds, and to which it is reset: what the driver reports after
 * the configuration was applied and the init SQL was run.
 *
 * @param transactionIsolation {@link #UNKNOWN} if the driver does not say
 * @param catalog null if the driver has none or does not say
 * @param schema null if the driver has none or does not say
 * @param holdability {@link #UNKNOWN} if the driver does not say
 * @param networkTimeoutMillis {@link #UNKNOWN} if the driver does not support it
 * @param postgres what only PostgreSQL's sessions have; null with any other database
 */
public record SessionDefaults(
    boolean autoCommit,
    boolean readOnly,
    int transactionIsolation,
    @Nullable String catalog,
    @Nullable String schema,
    int holdability,
    int networkTimeoutMillis,
    @Nullable PostgresSession postgres) {
  /** The driver does not support or does not report it. */
  public static final int UNKNOWN = -1;

  /** Of any database but PostgreSQL. */
  public SessionDefaults(
      boolean autoCommit,
      boolean readOnly,
      int transactionIsolation,
      @Nullable String catalog,
      @Nullable String schema,
      int holdability,
      int networkTimeoutMillis) {
    this(
        autoCommit,
        readOnly,
        transactionIsolation,
        catalog,
        schema,
        holdability,
        networkTimeoutMillis,
        null);
  }
}
