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

  /** The packages whose classes call the driver, under whatever name they were packed. */
  static final String POOL = parentOf(LocalRefusal.class.getPackageName());

  private LocalRefusal() {}

  /** Whether the driver refused the call by itself; false where it cannot be told. */
  public static boolean is(Throwable error) {
    return error instanceof SQLFeatureNotSupportedException
        || (isUnchecked(error) && isThrownByTheMethodCalled(error))
        || (error instanceof SQLException sql
            && STATE.equals(sql.getSQLState())
            && saysThatTheServerSaidNothing(sql));
  }

  private static String parentOf(String packageName) {
    return packageName.substring(0, packageName.lastIndexOf('.') + 1);
  }

  private static boolean isUnchecked(Throwable error) {
    return error instanceof UnsupportedOperationException || error instanceof AbstractMethodError;
  }

  /**
   * What comes from deeper down refuses nothing: a stream of the user's that a driver reads in the
   * middle of a message, or a listener that hears of what was done, may throw the same. Above the
   * pool's own frame there is the method that was called, once more for each driver that wraps
   * another, and none of a method that is not there. What the driver calls back, all of it lambdas,
   * is not that call.
   */
  private static boolean isThrownByTheMethodCalled(Throwable error) {
    StackTraceElement[] stack = error.getStackTrace();
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().startsWith(POOL)) {
        return !frame.getMethodName().startsWith("lambda$");
      }
      if (!frame.getMethodName().equals(stack[0].getMethodName())) {
        return false;
      }
    }
    return false;
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
