package dev.tidepool.internal.inventory;

import dev.tidepool.api.RetireReason;
import org.jspecify.annotations.Nullable;

/** Why a connection must be retired. */
public record Doom(RetireReason reason, @Nullable Throwable cause) {
  /** Without an error behind it. */
  public Doom(RetireReason reason) {
    this(reason, null);
  }

  /** Whether the session is in doubt, so that it is cut off instead of closed politely. */
  boolean isDead() {
    return switch (reason) {
      case PING_FAILED,
          PING_TIMEOUT,
          VALIDATION_FAILED,
          VALIDATION_TIMEOUT,
          OVERTAKEN,
          GENERATION_DEAD,
          SESSION_LOST,
          FATAL_ERROR,
          // Closing may commit what could not be rolled back.
          RESET_FAILED,
          ABORTED ->
          true;
      default -> false;
    };
  }
}
