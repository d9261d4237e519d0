package dev.tidepool.internal.connect;

import dev.tidepool.config.Secrets;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps secrets out of the errors of drivers, which end up in logs, events and exceptions: texts,
 * causes, suppressed and next ones.
 *
 * <p>An error is left as it is if none of its texts contains a secret, as nearly always; else there
 * is a copy with masked texts, the same stack, SQLSTATE and vendor code.
 */
public final class SafeErrors {
  /** Of one error; what lies beyond is left out. */
  private static final int MOST_PARTS = 100;

  private final Collection<String> known;
  private int partsLeft = MOST_PARTS;

  private SafeErrors(Collection<String> known) {
    this.known = known;
  }

  /** For what happens after the login: no secret is known by its value then. Never throws. */
  public static Throwable clean(Throwable error) {
    return cleanAny(error, List.of());
  }

  /** Without values that are known. Never throws. */
  public static Throwable clean(Throwable error, Collection<String> known) {
    return cleanAny(error, known);
  }

  private static Throwable cleanAny(Throwable error, Collection<String> known) {
    try {
      if (error instanceof SQLException e) {
        return clean(e, known);
      } else if (error instanceof RuntimeException e) {
        return clean(e, known);
      } else if (error instanceof Error e) {
        return clean(e, known);
      }
      SafeErrors safe = new SafeErrors(known);
      return safe.isClean(error) ? error : safe.copyOfOther(error);
    } catch (RuntimeException | StackOverflowError e) {
      return new IllegalStateException(
          "an error of the driver whose text cannot be had: " + error.getClass().getName());
    }
  }

  /**
   * A failed connect without secrets.
   *
   * @param known secrets that are known by their value
   */
  static SQLException clean(SQLException error, Collection<String> known) {
    SafeErrors safe = new SafeErrors(known);
    return safe.isClean(error) ? error : safe.copy(error);
  }

  /** The same for what else a driver throws. */
  static RuntimeException clean(RuntimeException error, Collection<String> known) {
    SafeErrors safe = new SafeErrors(known);
    return safe.isClean(error)
        ? error
        : safe.dressed(
            new IllegalStateException(safe.mask(error.toString()), safe.copyOf(error.getCause())),
            error);
  }

  /** The same. */
  static Error clean(Error error, Collection<String> known) {
    SafeErrors safe = new SafeErrors(known);
    return safe.isClean(error)
        ? error
        : safe.dressed(
            new Error(safe.mask(error.toString()), safe.copyOf(error.getCause())), error);
  }

  private String mask(@Nullable String text) {
    return Secrets.maskAll(text, known);
  }

  /** Looks at each part once; what has too many of them is taken for unclean. */
  private boolean isClean(Throwable whole) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> open = new ArrayDeque<>();
    open.add(whole);
    while (!open.isEmpty()) {
      Throwable part = open.remove();
      if (!seen.add(part)) {
        continue;
      }
      String text = part.getMessage();
      if (seen.size() > MOST_PARTS || (text != null && !mask(text).equals(text))) {
        return false;
      }
      open.addAll(List.of(part.getSuppressed()));
      Throwable cause = part.getCause();
      if (cause != null) {
        open.add(cause);
      }
      if (part instanceof SQLException sql && sql.getNextException() != null) {
        open.add(sql.getNextException());
      }
    }
    return true;
  }

  private SQLException copy(SQLException error) {
    SQLException copy =
        new SQLException(
            mask(error.getMessage()),
            error.getSQLState(),
            error.getErrorCode(),
            copyOf(error.getCause()));
    SQLException next = error.getNextException();
    if (next != null && takePart()) {
      copy.setNextException(copy(next));
    }
    return dressed(copy, error);
  }

  private @Nullable Throwable copyOf(@Nullable Throwable cause) {
    if (cause == null || !takePart()) {
      return null;
    }
    return cause instanceof SQLException sql ? copy(sql) : copyOfOther(cause);
  }

  private Throwable copyOfOther(Throwable error) {
    return dressed(new Throwable(mask(error.toString()), copyOf(error.getCause())), error);
  }

  private <T extends Throwable> T dressed(T copy, Throwable error) {
    copy.setStackTrace(error.getStackTrace());
    for (Throwable suppressed : error.getSuppressed()) {
      Throwable copied = copyOf(suppressed);
      if (copied != null) {
        copy.addSuppressed(copied);
      }
    }
    return copy;
  }

  private boolean takePart() {
    return partsLeft-- > 0;
  }
}
