package dev.tidepool.internal.runtime;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes daemon threads that keep nothing of whoever happened to create the pool, or to borrow when
 * one more was needed: no thread-locals, and no class loader but the pool's own.
 */
final class DaemonThreads implements ThreadFactory {
  /** From then on a thread does not note who was on the stack of its creator. */
  private static final int FORGETS_CREATOR = 24;

  private final String prefix;
  private final AtomicInteger number = new AtomicInteger();

  DaemonThreads(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread =
        Runtime.version().feature() < FORGETS_CREATOR
            ? WithoutCallers.call(() -> make(task))
            : make(task);
    thread.setDaemon(true);
    thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
    return thread;
  }

  private Thread make(Runnable task) {
    return new Thread(null, task, prefix + number.incrementAndGet(), 0, false);
  }

  /**
   * A thread notes the protection domains of everybody on the stack, and with them their class
   * loaders: of the application, say, whose request was the first to use a pool of the server. Past
   * this call it sees the pool's alone. A class of its own, as Java is going to lose what it calls.
   */
  @SuppressWarnings("removal")
  private static final class WithoutCallers {
    static Thread call(PrivilegedAction<Thread> maker) {
      return AccessController.doPrivileged(maker);
    }
  }
}
