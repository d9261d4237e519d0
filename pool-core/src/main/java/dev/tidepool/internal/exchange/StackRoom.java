package dev.tidepool.internal.exchange;

/**
 * Has the stack end early, where nothing has been changed yet. A borrower may call from anywhere,
 * out of a recursion without end too, and what runs out of stack half way loses a place or a
 * session: nothing can be put right where nothing can be called. What is lost all the same, upkeep
 * finds.
 *
 * <p>Each comes before the first of several steps that belong together, and throws the {@link
 * StackOverflowError} there if the stack would not last for them. What is done inside of something
 * else asks for much less than that did, or it would refuse in the middle of it. Nothing here has
 * to be initialized: the JVM does not try that again where the stack has ended in it.
 */
public final class StackRoom {
  private StackRoom() {}

  /**
   * To join the queue of waiters and leave it, or to take back one note; some tenth of a
   * microsecond.
   */
  public static void forNote() {
    long unused = descend(64, 1, 2, 3);
  }

  /** To give a task to another thread, or to set a timer; about a microsecond. */
  public static void forTask() {
    long unused = descend(128, 1, 2, 3);
  }

  /** To begin a login, a check or a close of a connection; some microseconds. */
  public static void forStep() {
    long unused = descend(256, 1, 2, 3);
  }

  /** To start a pool or to close it, with all that this does to its connections. */
  public static void forLife() {
    long unused = descend(384, 1, 2, 3);
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
