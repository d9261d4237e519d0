package dev.tidepool.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A call on a thread of its own. */
public final class Call {
  private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();
  private final Thread thread;

  /** Begins the call. */
  public Call(Callable<?> call) {
    thread =
        new Thread(
            () -> {
              try {
                outcome.set(String.valueOf(call.call()));
              } catch (Throwable t) {
                outcome.set(t);
              }
            },
            "call");
    thread.setDaemon(true);
    thread.start();
  }

  /** Interrupts its thread. */
  public void interrupt() {
    thread.interrupt();
  }

  /** Whether it has ended. */
  public boolean isOver() {
    return !thread.isAlive();
  }

  /** Waits for its end: what it returned as text, or what it threw. */
  public @Nullable Object await() {
    Await.end(thread);
    return outcome.get();
  }
}
