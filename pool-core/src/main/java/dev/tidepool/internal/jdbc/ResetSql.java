package dev.tidepool.internal.jdbc;

import dev.tidepool.config.TidepoolConfig;
import org.jspecify.annotations.Nullable;

/**
 * SQL that has a session forget what other SQL has set.
 *
 * @param sql one statement, run under auto-commit
 * @param attributes bits of {@link Dirty} of what the pool itself sets on each session: the SQL may
 *     undo that, too, so it is set again
 */
public record ResetSql(String sql, int attributes) {
  /** What a configuration asks for; null for nothing. */
  public static @Nullable ResetSql of(TidepoolConfig config) {
    String sql = config.connectionResetSql();
    if (sql == null) {
      return null;
    }
    int attributes =
        (config.readOnly() ? Dirty.READ_ONLY : 0)
            | (config.transactionIsolationLevel().isPresent() ? Dirty.ISOLATION : 0)
            | (config.catalog() != null ? Dirty.CATALOG : 0)
            | (config.schema() != null ? Dirty.SCHEMA : 0);
    return new ResetSql(sql, attributes);
  }
}
