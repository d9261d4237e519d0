package dev.tidepool.internal.runtime;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one runtime, so that its end can wait for theirs.
 *
 * <p>An executor that has terminated is not enough: its last threads are still alive for a moment,
 * and an application server that looks for leaks in that moment finds them.
 */
final class Crew implements ThreadFactory {
  private final ThreadFactory maker;
  private final Set<Thread> members = ConcurrentHashMap.newKeySet();

  Crew(ThreadFactory maker) {
    this.maker = maker;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread =
        maker.newThread(
            () -> {
              try {
                members.add(Thread.currentThread());
              } finally { // no memory for the list: what a worker was started with must not be lost
                task.run();
              }
            });
    // Also those that were never started, for want of threads, and would never leave. One that is
    // about to be started adds itself again when it runs.
    members.removeIf(Crew::isIdle);
    members.add(thread);
    return thread;
  }

  private static boolean isIdle(Thread member) {
    Thread.State state = member.getState();
    return state == Thread.State.TERMINATED || state == Thread.State.NEW;
  }

  /**
   * Waits for the end of all threads but the calling one, until the clock says {@code deadline}.
   *
   * @return false if it was interrupted, which ends the waiting
   */
  boolean join(long deadline) {
    try {
      for (Thread member : members) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        // 0 would mean for ever, and so would waiting for oneself: a listener may close the pool.
        if (millis > 0 && !member.equals(Thread.currentThread())) {
          member.join(millis);
        }
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
