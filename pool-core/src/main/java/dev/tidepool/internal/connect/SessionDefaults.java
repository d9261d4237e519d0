package dev.tidepool.internal.connect;

import org.jspecify.annotations.Nullable;

/**
 * The session state every borrower finds, and to which it is reset: what the configuration asks for, else what the
 * driver had after login.
 *
 * @param catalog null if the driver has none or does not say
 * @param schema null if the driver has none or does not say
 * @param networkTimeoutMillis -1 if the driver does not support it
 */
public record SessionDefaults(
    boolean autoCommit,
    boolean readOnly,
    int transactionIsolation,
    @Nullable String catalog,
    @Nullable String schema,
    int holdability,
    int networkTimeoutMillis) {}
