package dev.tidepool.testing;

import java.util.IdentityHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take turns: whoever starts or resumes one waits until it pauses or ends, so of all
 * threads exactly one runs at a time, and a test with many of them goes the same way each time.
 */
final class Turns {
  /** What one thread and whoever gave it its turn wait for. */
  private static final class Turn {
    final Semaphore mine = new Semaphore(0);
    final Semaphore back = new Semaphore(0);
  }

  // Touched only by the thread whose turn it is; the semaphores order it.
  private final IdentityHashMap<Thread, Turn> turns = new IdentityHashMap<>();

  /** Starts a thread and gives it the turn; returns when it pauses or ends. */
  Thread run(String name, Runnable body) {
    Turn turn = new Turn();
    Thread thread =
        new Thread(
            () -> {
              turn.mine.acquireUninterruptibly();
              try {
                body.run();
              } finally {
                turns.remove(Thread.currentThread());
                turn.back.release();
              }
            },
            name);
    thread.setDaemon(true);
    turns.put(thread, turn);
    thread.start();
    resume(thread);
    return thread;
  }

  /** Whether the calling thread was started here. */
  boolean isMine() {
    return turns.containsKey(Thread.currentThread());
  }

  /** Whether this thread was started here and has not ended. */
  boolean knows(Thread thread) {
    return turns.containsKey(thread);
  }

  /** Gives the turn back, until somebody resumes the calling thread. */
  void pause() {
    Turn turn = turn(Thread.currentThread());
    turn.back.release();
    turn.mine.acquireUninterruptibly();
  }

  /** Gives a paused thread the turn; returns when it pauses again or ends. */
  void resume(Thread thread) {
    Turn turn = turn(thread);
    turn.mine.release();
    turn.back.acquireUninterruptibly();
  }

  private Turn turn(Thread thread) {
    @Nullable Turn turn = turns.get(thread);
    if (turn == null) {
      throw new IllegalStateException(thread + " takes no turns here");
    }
    return turn;
  }
}
