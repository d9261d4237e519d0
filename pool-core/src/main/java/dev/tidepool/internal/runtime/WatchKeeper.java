package dev.tidepool.internal.runtime;

import dev.tidepool.net.SocketWatch;
import dev.tidepool.net.Watchable;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link SocketWatch} running, from the first socket on, as many runtimes never see one. A
 * watch that fails is replaced when the next socket is to be watched. Without one the heartbeat
 * finds what is dead all the same, only later.
 *
 * <p>The methods may be called by any thread and do not block.
 */
final class WatchKeeper {
  /** Between two starts, successful or not: each idle connection asks for one each second. */
  static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A watch that has run for so long has put an end to the troubles before. */
  static final long EPISODE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final Logger log = LoggerFactory.getLogger(WatchKeeper.class);

  /** Where watches come from; replaceable, as real ones do not fail on demand. */
  @FunctionalInterface
  interface Source {
    /**
     * A new watch.
     *
     * @throws IOException if there is no descriptor to be had
     */
    SocketWatch open() throws IOException;
  }

  private final Source source;
  private final ThreadFactory threads;
  private final LongSupplier clock;

  /** Whether the log knows of the present episode. */
  private final AtomicBoolean told = new AtomicBoolean();

  /** Guards what follows. Under it the watching thread is started, but nothing waits. */
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable SocketWatch watch;
  private boolean ended;
  private boolean tried;
  private long triedAt;

  WatchKeeper(Source source, ThreadFactory threads, LongSupplier clock) {
    this.source = source;
    this.threads = threads;
    this.clock = clock;
  }

  /**
   * As {@link SocketWatch#watch}, but it throws nothing: whoever calls owns slots.
   *
   * @param onNews as there; what it throws is logged
   * @return false if the socket is not watched, as nothing can be at present
   */
  boolean watch(Watchable socket, Runnable onNews) {
    try {
      SocketWatch open = running();
      if (open != null) {
        if (open.watch(socket, Guard.of(onNews))) {
          return true;
        }
        // Its thread drops it, too, but may not have come to that yet.
        drop(open);
      }
    } catch (Throwable t) {
      // No descriptor, no thread or no memory to be had.
      tell(t);
    }
    return false;
  }

  /** Null if there is none at present. */
  private @Nullable SocketWatch running() throws IOException {
    lock.lock();
    try {
      if (watch == null && !ended && mayStart()) {
        watch = start();
      }
      return watch;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayStart() {
    long now = clock.getAsLong();
    if (tried && now - triedAt < RESTART_NANOS) {
      return false;
    }
    tried = true;
    triedAt = now;
    return true;
  }

  private SocketWatch start() throws IOException {
    SocketWatch created = source.open();
    long since = triedAt;
    boolean started = false;
    try {
      threads.newThread(() -> run(created, since)).start();
      started = true;
      return created;
    } finally {
      if (!started) {
        created.close();
      }
    }
  }

  private void run(SocketWatch mine, long since) {
    try {
      mine.run();
    } catch (Throwable t) {
      // The callbacks of what it watched have run, so each is watched again when there is a watch.
      drop(mine);
      if (clock.getAsLong() - since >= EPISODE_NANOS) {
        told.set(false);
      }
      tell(t);
    }
  }

  private void drop(SocketWatch failed) {
    lock.lock();
    try {
      if (failed.equals(watch)) {
        watch = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Once for each episode, however many connections meet it. */
  private void tell(Throwable reason) {
    if (told.compareAndSet(false, true)) {
      Guard.run(() -> log.warn("tidepool: idle connections cannot be watched for now", reason));
    } else {
      Guard.run(() -> log.debug("tidepool: idle connections still cannot be watched", reason));
    }
  }

  /** Ends the watch, for good; its thread leaves at once. */
  void end() {
    lock.lock();
    try {
      ended = true;
      if (watch != null) {
        watch.close();
        watch = null;
      }
    } catch (IOException e) {
      log.warn("tidepool: the watch of idle connections could not be closed", e);
    } finally {
      lock.unlock();
    }
  }
}
