package dev.tidepool.internal.runtime;

import dev.tidepool.net.SocketWatch;
import dev.tidepool.net.Watchable;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link SocketWatch} running, from the first socket on, as many runtimes never see one. A
 * watch that fails is replaced when the next socket is to be watched. Without one the heartbeat
 * finds what is dead all the same, only later.
 *
 * <p>The methods may be called by any thread and do not block: logs and thread factories, which
 * may, are left to workers.
 */
final class WatchKeeper {
  /** Between two starts, successful or not: each idle connection asks for one each second. */
  static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Between two warnings: a watch that fails over and over is one trouble. */
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
  private final Executor workers;
  private final LongSupplier clock;

  /** Guards what follows; only fields are read and written under it. */
  private final Object lock = new Object();

  private @Nullable SocketWatch watch;
  private boolean starting;
  private boolean ended;
  private boolean tried;
  private long triedAt;

  /** Whether the log's last word is that nothing can be watched. */
  private boolean told;

  private boolean warned;
  private long warnedAt;

  /**
   * A keeper that has not started a watch yet.
   *
   * @param threads gives the watching thread, asked on a worker: it may be the user's
   * @param workers may block, as factories and logs do
   */
  WatchKeeper(Source source, ThreadFactory threads, Executor workers, LongSupplier clock) {
    this.source = source;
    this.threads = threads;
    this.workers = workers;
    this.clock = clock;
  }

  /**
   * As {@link SocketWatch#watch}, but it throws nothing: whoever calls owns slots. If there is no
   * watch, one is started by a worker, for the next call: whoever calls may be the timer thread,
   * which all pools need.
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
      // No descriptor or no memory to be had.
      Guard.run(() -> workers.execute(() -> tell(t)));
    }
    return false;
  }

  /** Has a watch started, so that the first socket need not wait for it; throws nothing. */
  void prepare() {
    Guard.run(this::running);
  }

  /** Null if there is none at present; then one is being started, unless it is too soon. */
  private @Nullable SocketWatch running() {
    synchronized (lock) {
      if (watch != null || ended || starting || !mayStart()) {
        return watch;
      }
      starting = true;
    }
    boolean handedOver = false;
    try {
      workers.execute(this::start);
      handedOver = true;
    } finally {
      if (!handedOver) {
        started(null);
      }
    }
    return null;
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

  /** Runs on a worker. */
  private void start() {
    SocketWatch created = null;
    Throwable failure = null;
    try {
      created = open();
    } catch (Throwable t) {
      // No descriptor, no thread or no memory to be had.
      failure = t;
    }
    started(created);
    if (failure != null) {
      tell(failure);
    }
  }

  private SocketWatch open() throws IOException {
    SocketWatch created = source.open();
    boolean running = false;
    try {
      threads.newThread(() -> run(created)).start();
      running = true;
      return created;
    } finally {
      if (!running) {
        created.close();
      }
    }
  }

  /** An attempt is over; null if it failed. */
  private void started(@Nullable SocketWatch created) {
    SocketWatch tooLate = null;
    boolean again = false;
    synchronized (lock) {
      starting = false;
      if (ended) {
        tooLate = created;
      } else if (created != null) {
        watch = created;
        again = told;
        told = false;
      }
    }
    close(tooLate);
    if (again) {
      // As loud as the beginning: whoever saw that one looks for this.
      Guard.run(() -> log.warn("tidepool: idle connections are watched again"));
    }
  }

  private void run(SocketWatch mine) {
    try {
      mine.run();
    } catch (Throwable t) {
      // The callbacks of what it watched have run, so each is watched again when there is a watch.
      drop(mine);
      tell(t);
    }
  }

  private void drop(SocketWatch failed) {
    synchronized (lock) {
      if (failed.equals(watch)) {
        watch = null;
      }
    }
  }

  /** Once for each episode, however many connections meet it. */
  private void tell(Throwable reason) {
    if (begins()) {
      Guard.run(() -> log.warn("tidepool: idle connections cannot be watched for now", reason));
    } else {
      Guard.run(() -> log.debug("tidepool: idle connections still cannot be watched", reason));
    }
  }

  private boolean begins() {
    synchronized (lock) {
      long now = clock.getAsLong();
      if (told || (warned && now - warnedAt < EPISODE_NANOS)) {
        return false;
      }
      told = true;
      warned = true;
      warnedAt = now;
      return true;
    }
  }

  /** Ends the watch, for good; its thread leaves at once. */
  void end() {
    SocketWatch last;
    synchronized (lock) {
      ended = true;
      last = watch;
      watch = null;
    }
    close(last);
  }

  private static void close(@Nullable SocketWatch unwanted) {
    if (unwanted == null) {
      return;
    }
    try {
      unwanted.close();
    } catch (IOException e) {
      log.warn("tidepool: the watch of idle connections could not be closed", e);
    }
  }
}
