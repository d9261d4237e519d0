package dev.tidepool.internal.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a task throws from the thread that runs it, which others need. */
final class Guard {
  private static final Logger log = LoggerFactory.getLogger(ThreadedRuntime.class);

  /** Failures that could not be logged, and are told with the next one that can. */
  private static final AtomicInteger untold = new AtomicInteger();

  private Guard() {}

  /** The task, but what it throws is logged. */
  static Runnable of(Runnable task) {
    return () -> run(task);
  }

  /** Runs the task; logs what it throws, and throws nothing. */
  static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      tell(t);
    }
  }

  /** Logs what a task threw; throws nothing. */
  static void tell(Throwable failure) {
    // Taken, so that nobody else takes them too.
    int before = untold.getAndSet(0);
    try {
      if (before > 0) {
        log.error("tidepool: {} failures of tasks of the pool could not be logged", before);
      }
      log.error("tidepool: unexpected failure in a task of the pool; please report it", failure);
    } catch (Throwable t) {
      // Where there is no memory for a task there is often none for its story.
      untold.addAndGet(before + 1);
    }
  }
}
