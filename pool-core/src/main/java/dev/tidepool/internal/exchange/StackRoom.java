package dev.tidepool.internal.exchange;

/**
 * Has the stack end early, where nothing has been changed yet. A borrower may call from anywhere,
 * out of a recursion without end too, and what runs out of stack half way loses a slot, a place or
 * a lock: nothing can be put right where nothing can be called.
 */
public final class StackRoom {
  /** More than it takes to get a lock and to give it back. */
  static final int FOR_LOCK = 64;

  /** More than it takes to retire a connection, timers, workers and {@link #FOR_LOCK} included. */
  private static final int FOR_STEPS = 512;

  private StackRoom() {}

  /**
   * Before the first of several steps that belong together.
   *
   * @throws StackOverflowError if the stack would not last for them
   */
  public static void ensure() {
    ensure(FOR_STEPS);
  }

  static void ensure(int frames) {
    long unused = descend(frames, 1, 2, 3);
  }

  /** All are used after the call, so that also compiled code has to keep them on the stack. */
  private static long descend(int frames, long a, long b, long c) {
    if (frames == 0) {
      return a;
    }
    long below = descend(frames - 1, b, c, a + frames);
    return ((below ^ a) * b + below) ^ (c - below);
  }
}
