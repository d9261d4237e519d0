package dev.tidepool.internal.runtime;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.event.Level;

/**
 * How loud a log line may be that could come each second: the first is heard, its repetitions
 * within half a minute are not. Safe for use by several threads; of several at once one is heard.
 */
public final class Reminder {
  /** A line is not repeated aloud before that time is over. */
  public static final long PAUSE_NANOS = 30_000_000_000L;

  private final PoolRuntime runtime;

  /** When a line was heard last, or long enough ago. */
  private final AtomicLong heardAt;

  /** For lines of one kind, none of which was said yet. */
  public Reminder(PoolRuntime runtime) {
    this.runtime = runtime;
    this.heardAt = new AtomicLong(runtime.nanoTime() - PAUSE_NANOS);
  }

  /** The level of a line that is said now: {@code loud}, or DEBUG if it is a repetition. */
  public Level level(Level loud) {
    long now = runtime.nanoTime();
    long last = heardAt.get();
    return now - last >= PAUSE_NANOS && heardAt.compareAndSet(last, now) ? loud : Level.DEBUG;
  }

  /** What is said next is no repetition, whatever was said before. */
  public void startAnew() {
    heardAt.set(runtime.nanoTime() - PAUSE_NANOS);
  }
}
