package dev.tidepool.internal.exchange;

/**
 * Has the stack end early, where nothing has been changed yet. A borrower may call from anywhere,
 * out of a recursion without end too, and what runs out of stack half way loses a place or a
 * session: nothing can be put right where nothing can be called. What is lost all the same, upkeep
 * finds.
 */
public final class StackRoom {
  /** More than it takes to begin a login, a check or a close, timers and workers included. */
  private static final int FOR_A_TASK = 256;

  /** More than it takes to join the queue of waiters and to leave it. */
  private static final int FOR_THE_QUEUE = 24;

  private StackRoom() {}

  /**
   * Before the first of several steps that belong together. Takes some microseconds, so it is for
   * what goes with a round trip at least.
   *
   * @throws StackOverflowError if the stack would not last for them
   */
  public static void ensure() {
    long unused = descend(FOR_A_TASK, 1, 2, 3);
  }

  /** The same before a wait; takes some tenth of a microsecond. */
  public static void ensureForWait() {
    long unused = descend(FOR_THE_QUEUE, 1, 2, 3);
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
