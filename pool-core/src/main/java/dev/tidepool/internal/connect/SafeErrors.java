package dev.tidepool.internal.connect;

import dev.tidepool.config.Secrets;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps secrets out of the errors of drivers, which end up in logs, events and exceptions: texts,
 * causes, suppressed and next ones.
 *
 * <p>An error is left as it is if none of its texts contains a secret, as nearly always; else there
 * is a copy with masked texts, the same stack, SQLSTATE and vendor code. Its methods are a driver's
 * code and may throw; what they throw may tell the secret, too, and is dropped: the copy says that
 * a text cannot be had.
 */
public final class SafeErrors {
  /** Of one error; what lies beyond is left out. */
  private static final int MOST_PARTS = 100;

  private static final String UNTOLD = "an error of the driver whose text cannot be had: ";

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
      return new IllegalStateException(UNTOLD + error.getClass().getName());
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
            new IllegalStateException(safe.text(error, error::toString), safe.causeOf(error)),
            error);
  }

  /** The same. */
  static Error clean(Error error, Collection<String> known) {
    SafeErrors safe = new SafeErrors(known);
    return safe.isClean(error)
        ? error
        : safe.dressed(new Error(safe.text(error, error::toString), safe.causeOf(error)), error);
  }

  private String mask(@Nullable String text) {
    return Secrets.maskAll(text, known);
  }

  /**
   * Looks at each part once; what has too many of them, or throws when asked, is taken for unclean.
   */
  private boolean isClean(Throwable whole) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> open = new ArrayDeque<>();
    open.add(whole);
    while (!open.isEmpty()) {
      Throwable part = open.remove();
      if (seen.add(part) && (seen.size() > MOST_PARTS || !isCleanPart(part, open))) {
        return false;
      }
    }
    return true;
  }

  /** Adds what belongs to it to {@code open}. */
  private boolean isCleanPart(Throwable part, Deque<Throwable> open) {
    try {
      if (!texts(part).stream().allMatch(text -> mask(text).equals(text))) {
        return false;
      }
      open.addAll(List.of(part.getSuppressed()));
      Throwable cause = part.getCause();
      if (cause != null) {
        open.add(cause);
      }
      SQLException next = part instanceof SQLException sql ? sql.getNextException() : null;
      if (next != null) {
        open.add(next);
      }
      return true;
    } catch (OutOfMemoryError e) {
      throw e; // says nothing of the driver, and must stay what it is
    } catch (Throwable t) { // a driver's: nothing that it says can be trusted
      return false;
    }
  }

  /** All that loggers and callers may show of it; nearly always one text. */
  private static Set<String> texts(Throwable part) {
    Set<String> texts = new LinkedHashSet<>();
    texts.add(String.valueOf(part.getMessage()));
    texts.add(String.valueOf(part.getLocalizedMessage()));
    // The name of a class is no secret, but "PasswordException: x" would look like one.
    String name = part.getClass().getName();
    String whole = String.valueOf(part.toString());
    String rest = whole.startsWith(name) ? whole.substring(name.length()) : whole;
    texts.add(rest.startsWith(": ") ? rest.substring(2) : rest);
    if (part instanceof SQLException sql) {
      texts.add(String.valueOf(sql.getSQLState()));
      boolean unused = sql.getErrorCode() == 0; // whoever gets the error will ask for it
    }
    return texts;
  }

  /** What it says, masked; that it cannot be had if asking fails. */
  private String text(Throwable error, Supplier<@Nullable String> said) {
    String text;
    try {
      text = said.get();
    } catch (Throwable t) { // not passed on: it may tell the secret
      return UNTOLD + error.getClass().getName();
    }
    return mask(text);
  }

  private static <T> @Nullable T ask(Supplier<@Nullable T> question) {
    try {
      return question.get();
    } catch (Throwable t) { // as above; there is no place to say so
      return null;
    }
  }

  private static int askCode(IntSupplier question) {
    try {
      return question.getAsInt();
    } catch (Throwable t) { // as above
      return 0;
    }
  }

  private @Nullable Throwable causeOf(Throwable error) {
    return copyOf(ask(error::getCause));
  }

  private SQLException copy(SQLException error) {
    String state = ask(error::getSQLState);
    SQLException copy =
        new SQLException(
            text(error, error::getMessage),
            state == null ? null : mask(state),
            askCode(error::getErrorCode),
            causeOf(error));
    SQLException next = ask(error::getNextException);
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
    return dressed(new Throwable(text(error, error::toString), causeOf(error)), error);
  }

  private <T extends Throwable> T dressed(T copy, Throwable error) {
    StackTraceElement[] stack = ask(error::getStackTrace);
    if (stack != null && !Arrays.asList(stack).contains(null)) {
      copy.setStackTrace(stack);
    }
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
