package dev.tidepool.internal.connect;

import dev.tidepool.config.Secrets;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Keeps secrets out of the errors of failed connects, which end up in logs and exceptions. */
final class SafeErrors {
  private static final int DEEPEST = 20;

  private SafeErrors() {}

  /**
   * The error itself if none of its texts contains a secret, as nearly always; else a copy with
   * masked texts, the same stack, SQLSTATE and vendor code.
   *
   * @param password the password that was used, if it is known
   */
  static SQLException clean(SQLException error, @Nullable String password) {
    return isClean(error, password, 0) ? error : copy(error, password, 0);
  }

  /** The same for what else a driver throws. */
  static RuntimeException clean(RuntimeException error, @Nullable String password) {
    if (isClean(error, password, 0)) {
      return error;
    }
    RuntimeException copy =
        new IllegalStateException(
            Secrets.maskKnown(error.toString(), password), copyOf(error.getCause(), password, 0));
    copy.setStackTrace(error.getStackTrace());
    return copy;
  }

  private static boolean isClean(@Nullable Throwable error, @Nullable String password, int depth) {
    if (error == null || depth > DEEPEST) {
      return true;
    }
    String text = error.getMessage();
    if (text != null && !Secrets.maskKnown(text, password).equals(text)) {
      return false;
    }
    return isClean(error.getCause(), password, depth + 1)
        && (!(error instanceof SQLException sql)
            || isClean(sql.getNextException(), password, depth + 1));
  }

  private static SQLException copy(SQLException error, @Nullable String password, int depth) {
    SQLException copy =
        new SQLException(
            Secrets.maskKnown(error.getMessage(), password),
            error.getSQLState(),
            error.getErrorCode(),
            copyOf(error.getCause(), password, depth));
    copy.setStackTrace(error.getStackTrace());
    SQLException next = error.getNextException();
    if (next != null && depth < DEEPEST) {
      copy.setNextException(copy(next, password, depth + 1));
    }
    return copy;
  }

  private static @Nullable Throwable copyOf(
      @Nullable Throwable cause, @Nullable String password, int depth) {
    if (cause == null || depth >= DEEPEST) {
      return null;
    }
    if (cause instanceof SQLException sql) {
      return copy(sql, password, depth + 1);
    }
    Throwable copy =
        new Throwable(
            Secrets.maskKnown(cause.toString(), password),
            copyOf(cause.getCause(), password, depth + 1));
    copy.setStackTrace(cause.getStackTrace());
    return copy;
  }
}
