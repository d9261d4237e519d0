package dev.tidepool.internal.connect;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/**
 * Recognises what a driver says about itself: that it cannot do what it was asked for, or is older
 * than the method. The session has not even heard of it.
 */
public final class LocalRefusal {
  /** Feature not supported. */
  static final String STATE = "0A000";

  private LocalRefusal() {}

  /** Whether the driver refused the call by itself; false where it cannot be told. */
  public static boolean is(Throwable error) {
    return error instanceof SQLFeatureNotSupportedException
        || error instanceof UnsupportedOperationException
        || error instanceof AbstractMethodError
        || (error instanceof SQLException sql
            && STATE.equals(sql.getSQLState())
            && saysThatTheServerSaidNothing(sql));
  }

  /**
   * pgjdbc, and the drivers made from it, use one class and one SQLState for what the driver lacks
   * and for what the server refuses; only what came from the server has the server's message. By
   * reflection, so that the pool does not depend on them.
   */
  private static boolean saysThatTheServerSaidNothing(SQLException error) {
    try {
      return error.getClass().getMethod("getServerErrorMessage").invoke(error) == null;
    } catch (ReflectiveOperationException e) {
      // Another driver: its exceptions do not say who is speaking.
      return false;
    }
  }
}
