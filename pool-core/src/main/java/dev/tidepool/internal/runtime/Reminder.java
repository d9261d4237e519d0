package dev.tidepool.internal.runtime;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/**
 * How loud a log line may be that could come each second: the first is heard, its repetitions
 * within half a minute are not. Safe for use by several threads; of several at once one is heard.
 */
public final class Reminder {
  /** A line is not repeated aloud before that time is over. */
  public static final long PAUSE_NANOS = 30_000_000_000L;

  private final LongSupplier clock;

  /** When a line was heard last, or long enough ago. */
  private final AtomicLong heardAt;

  /** For lines of one kind, none of which was said yet. */
  public Reminder(PoolRuntime runtime) {
    this(runtime::nanoTime);
  }

  /** The same, where there is no runtime yet; {@code clock} tells nanoseconds. */
  public Reminder(LongSupplier clock) {
    this.clock = clock;
    this.heardAt = new AtomicLong(clock.getAsLong() - PAUSE_NANOS);
  }

  /** The level of a line that is said now: {@code loud}, or DEBUG if it is a repetition. */
  public Level level(Level loud) {
    if (loud == Level.DEBUG) {
      return loud; // nobody hears it, so the next one is the first
    }
    long now = clock.getAsLong();
    long last = heardAt.get();
    return now - last >= PAUSE_NANOS && heardAt.compareAndSet(last, now) ? loud : Level.DEBUG;
  }

  /** What is said next is no repetition, whatever was said before. */
  public void startAnew() {
    heardAt.set(clock.getAsLong() - PAUSE_NANOS);
  }

  /** Somebody else has just said it: what is said next is a repetition. */
  public void said() {
    heardAt.set(clock.getAsLong());
  }
}
