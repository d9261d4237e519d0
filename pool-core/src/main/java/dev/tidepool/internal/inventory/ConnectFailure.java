package dev.tidepool.internal.inventory;

import dev.tidepool.config.Secrets;

/**
 * A connect that failed.
 *
 * @param cause why
 * @param at when, in nanoseconds of the runtime's clock
 * @param loginRefused whether it says that the login was refused
 */
public record ConnectFailure(Throwable cause, long at, boolean loginRefused) {
  /** How deep causes are followed; they may form a ring. */
  private static final int DEEPEST = 16;

  /** The message without secrets, as {@link #text(Throwable)}. */
  public String text() {
    return text(cause);
  }

  /**
   * The message without secrets, and the deepest cause where it says more: of an unknown host, or
   * of too many open files, drivers tell only there.
   */
  @SuppressWarnings("ReferenceEquality") // a cause, not a value
  public static String text(Throwable error) {
    String message = error.getMessage();
    String own = Secrets.mask(message == null ? error.getClass().getName() : message).strip();
    String text = own.endsWith(".") ? own.substring(0, own.length() - 1) : own;
    Throwable root = root(error);
    String deep = String.valueOf(root.getMessage());
    return root == error || String.valueOf(message).contains(deep)
        ? text
        : text + " (" + Secrets.mask(root.toString()).strip() + ")";
  }

  private static Throwable root(Throwable error) {
    Throwable root = error;
    for (int i = 0; i < DEEPEST && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }
}
