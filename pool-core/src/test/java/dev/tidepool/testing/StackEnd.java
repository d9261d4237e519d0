package dev.tidepool.testing;

import java.util.Random;

/** Runs something about where the stack ends, as out of a recursion without end. */
public final class StackEnd {
  private static final long STACK_BYTES = 256 << 10;

  private static final int SWEPT_FRAMES = 200;

  /** What goes wrong may do so only at places that lie between two steps. */
  private static final int SHIFTS = 2;

  private StackEnd() {}

  /**
   * Runs {@code action} on one thread, at random places, until the stack has ended in it so often.
   *
   * @param failed run each time that the stack ended in it, where there is stack again
   */
  public static void reach(int times, Runnable action, Runnable failed) {
    Await.end(start(() -> descendAgainAndAgain(times, action, failed)));
  }

  /**
   * Runs {@code action} on one thread, at each of the last places before the stack ends, one by
   * one, from one on where it lasts for it. For a JVM that only interprets, see {@link Program}:
   * compiled code needs another stack each time, and leaves less half done.
   *
   * @param after run behind each, where there is stack again
   */
  public static void sweep(Runnable action, Runnable after) {
    try {
      start(() -> descendStepByStep(action, after)).join(); // whoever runs the program limits it
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Thread start(Runnable deep) {
    Thread thread = new Thread(null, deep, "deep", STACK_BYTES);
    thread.setDaemon(true); // a test that fails may leave it stuck
    thread.start();
    return thread;
  }

  private static void descendAgainAndAgain(int times, Runnable action, Runnable failed) {
    Random random = new Random();
    int depth = 0;
    int step = 1;
    int ends = 0;
    while (ends < times) { // about as deep as it goes, which changes when compiled
      if (reaches(0, depth, action)) {
        step = Math.min(2 * step, 1_000);
        depth += step;
      } else {
        ends++;
        failed.run();
        step = 1;
        depth -= random.nextInt(20);
      }
    }
  }

  private static void descendStepByStep(Runnable action, Runnable after) {
    int deepest = deepest();
    int first = deepest - SWEPT_FRAMES;
    while (!reaches(0, first, action)) { // it looks ahead, and refuses
      after.run();
      first -= 10;
    }
    after.run();
    for (int shift = 0; shift < SHIFTS; shift++) {
      for (int depth = first; depth < deepest; depth++) {
        boolean unused = reaches(shift, depth, action);
        after.run();
      }
    }
  }

  /** How deep it goes where nothing is done there. */
  private static int deepest() {
    int deepest = 0;
    for (int step = 1 << 14; step > 0; step /= 2) {
      deepest += reaches(0, deepest + step, () -> {}) ? step : 0;
    }
    return deepest;
  }

  /** False if the stack ended on the way there, or there. */
  private static boolean reaches(int shift, int depth, Runnable action) {
    try {
      shift(shift, 0, depth, action);
      return true;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  /**
   * Takes somewhat more stack than {@link #descend}, so that the next ends lie between the last.
   */
  private static void shift(int shift, int more, int depth, Runnable action) {
    if (shift > 0) {
      shift(shift - 1, more + 1, depth, action);
    } else {
      descend(depth, action);
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
