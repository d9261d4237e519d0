package dev.tidepool.testing;

import java.util.Random;

/** Runs something about where the stack ends, as out of a recursion without end. */
public final class StackEnd {
  private static final int TIMES = 500;
  private static final long STACK_BYTES = 256 << 10;

  private StackEnd() {}

  /**
   * Runs {@code action} on one thread, until the stack has ended in it some hundred times.
   *
   * @param failed run each time that the stack ended in it, where there is stack again
   */
  public static void reach(Runnable action, Runnable failed) {
    reach(TIMES, action, failed);
  }

  /** The same, but until it has ended so many times. */
  public static void reach(int times, Runnable action, Runnable failed) {
    Thread thread =
        new Thread(null, () -> descendAgainAndAgain(times, action, failed), "deep", STACK_BYTES);
    thread.setDaemon(true); // a test that fails may leave it stuck
    thread.start();
    Await.end(thread);
  }

  private static void descendAgainAndAgain(int times, Runnable action, Runnable failed) {
    Random random = new Random();
    int depth = 0;
    int step = 1;
    int ends = 0;
    while (ends < times) { // about as deep as it goes, which changes when compiled
      try {
        descend(depth, action);
        step = Math.min(2 * step, 1_000);
        depth += step;
      } catch (StackOverflowError e) {
        ends++;
        failed.run();
        step = 1;
        depth -= random.nextInt(20);
      }
    }
  }

  private static void descend(int depth, Runnable action) {
    if (depth > 0) {
      descend(depth - 1, action);
    } else {
      action.run();
    }
  }
}
