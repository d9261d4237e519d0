package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.inventory.Entry;
import org.jspecify.annotations.Nullable;

/** Hears how checks end, on whatever thread they end; must not block. */
interface Witness {
  /** The answer is not there after {@code hedgeAfter}. */
  void late(Entry entry);

  /** How long an answer may take before its absence means anything, in nanoseconds. */
  long patience();

  /**
   * The connection works; it had been silent for {@code silence} nanoseconds, and its answer took
   * {@code took}.
   */
  void alive(Entry entry, long silence, long took);

  /** It does not, as was seen {@code at} that time, and is being retired. */
  void dead(Entry entry, long silence, long at, @Nullable Throwable cause);
}
