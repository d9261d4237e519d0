package dev.tidepool.internal.inventory;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.SafeErrors;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a connection must be retired. */
public record Doom(RetireReason reason, @Nullable Throwable cause) {
  /** Made beforehand: whoever retires a connection must not fail half way for want of memory. */
  private static final Map<RetireReason, Doom> WITHOUT_CAUSE = withoutCause();

  private static Map<RetireReason, Doom> withoutCause() {
    Map<RetireReason, Doom> dooms = new EnumMap<>(RetireReason.class);
    for (RetireReason reason : RetireReason.values()) {
      Doom doom = new Doom(reason, null);
      // Also what this needs is loaded now: what fails to load for want of memory never does again.
      boolean unused = doom.isDead();
      dooms.put(reason, doom);
    }
    return dooms;
  }

  /** Without an error behind it. Takes no memory. */
  @SuppressWarnings("NullAway") // has all of them
  public static Doom of(RetireReason reason) {
    return WITHOUT_CAUSE.get(reason);
  }

  /** With the error behind it, or without one if it cannot be kept, for want of memory say. */
  public static Doom of(RetireReason reason, @Nullable Throwable cause) {
    if (cause == null) {
      return of(reason);
    }
    try {
      return new Doom(reason, SafeErrors.clean(cause)); // it is logged and told to listeners
    } catch (RuntimeException | Error e) {
      return of(reason); // the slot must be retired all the same
    }
  }

  /** Whether the session is in doubt, so that it is cut off instead of closed politely. */
  boolean isDead() {
    return switch (reason) {
      case PING_FAILED,
          PING_TIMEOUT,
          VALIDATION_FAILED,
          VALIDATION_TIMEOUT,
          HUNG_UP,
          OVERTAKEN,
          GENERATION_DEAD,
          SESSION_LOST,
          FATAL_ERROR,
          // Its borrower may be in the middle of a call.
          BORROWED_TOO_LONG,
          // Closing may commit what could not be rolled back.
          RESET_FAILED,
          ABORTED ->
          true;
      case WRONG_ROLE,
          MAX_LIFETIME,
          IDLE_TIMEOUT,
          MAX_USES,
          EVICTED,
          SURPLUS,
          CREDENTIALS_CHANGED,
          POOL_CLOSED ->
          false;
    };
  }

  /**
   * Whether the connection was as good as any other when it was doomed, so that a word from it
   * still speaks for the others.
   */
  public boolean isRoutine() {
    return !isDead() && reason != RetireReason.WRONG_ROLE;
  }
}
