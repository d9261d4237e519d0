package dev.tidepool.internal.connect;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Set;

/** Recognises a driver that cannot do something, as opposed to one that failed at it. */
final class Unsupported {
  /**
   * "Feature not supported", "optional feature not implemented", "driver does not support this
   * function".
   */
  private static final Set<String> STATES = Set.of("0A000", "HYC00", "IM001");

  private Unsupported() {}

  static boolean is(Throwable error) {
    if (error instanceof SQLException sql) {
      return error instanceof SQLFeatureNotSupportedException
          || (sql.getSQLState() != null && STATES.contains(sql.getSQLState()));
    }
    // A driver older than the method, or one that refuses it.
    return error instanceof AbstractMethodError || error instanceof UnsupportedOperationException;
  }
}
