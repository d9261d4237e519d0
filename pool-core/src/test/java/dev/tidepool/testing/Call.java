package dev.tidepool.testing;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A call on a thread of its own. */
public final class Call {
  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

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

  /** Returns once it waits in this method, or in something that it calls. */
  public Call awaitWaitingIn(Class<?> type, String method) {
    Await.until(type.getSimpleName() + "#" + method + " waits", () -> waitsIn(type, method));
    return this;
  }

  private boolean waitsIn(Class<?> type, String method) {
    return WAITING.contains(thread.getState())
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getClassName().equals(type.getName())
                        && frame.getMethodName().equals(method));
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
