package dev.tidepool.testing;

import java.util.Random;

/** Runs something about where the stack ends, as out of a recursion without end. */
public final class StackEnd {
  private static final int TIMES = 700;
  private static final long STACK_BYTES = 256 << 10;

  private StackEnd() {}

  /**
   * Runs {@code action} again and again on one thread, about as deep as it goes.
   *
   * @param failed run each time that the stack ended in it, where there is stack again
   */
  public static void reach(Runnable action, Runnable failed) {
    Thread thread =
        new Thread(null, () -> descendAgainAndAgain(action, failed), "deep", STACK_BYTES);
    thread.setDaemon(true); // a test that fails may leave it stuck
    thread.start();
    Await.end(thread);
  }

  private static void descendAgainAndAgain(Runnable action, Runnable failed) {
    Random random = new Random();
    int depth = 100;
    for (int i = 0; i < TIMES; i++) {
      boolean fits = true;
      try {
        descend(depth, action);
      } catch (StackOverflowError e) {
        fits = false;
        failed.run();
      }
      depth = Math.max(1, depth + (fits ? random.nextInt(40) : -random.nextInt(20)));
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
