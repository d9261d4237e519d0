package dev.tidepool.internal.runtime;

import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.net.SocketWatch;
import dev.tidepool.net.Watchable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The runtime of real threads: one timer thread, and workers that come with the work and leave
 * after ten idle seconds.
 *
 * <p>Pools share one runtime per class loader, so threads do not grow with the number of pools.
 * There are {@value #WORKERS} workers for everybody; if the queue stands still or a task waits for
 * longer than a tick, because they hang in drivers, the timer adds more, a few each tick, and takes
 * the allowance back when the queue is empty. How many tasks can hang at once is bounded by each
 * pool.
 */
public final class ThreadedRuntime extends PoolRuntime {
  private static final Logger log = LoggerFactory.getLogger(ThreadedRuntime.class);
  private static final int WORKERS = 32;
  private static final int MORE_PER_TICK = 16;
  private static final ReentrantLock sharedLock = new ReentrantLock();
  private static @Nullable ThreadedRuntime shared;

  /** A thread that hangs in a driver does not hold up who closes the pool. */
  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicInteger users = new AtomicInteger(1);
  private final Crew workerCrew;
  private final Crew timerCrew;
  private final Crew watchCrew;
  private final TimerLoop timer =
      new TimerLoop(System::nanoTime, this::tick, this::onTick, TICK_NANOS);
  private final ThreadPoolExecutor workers;
  private final WatchKeeper watch;
  private final Rounds rounds = new Rounds(System::nanoTime);
  private final SuspensionWatch suspensions;
  private final Reminder noThread = new Reminder(this);
  private long completedAtLastTick;

  private ThreadedRuntime(
      ThreadFactory threads,
      ThreadFactory timerThreads,
      ThreadFactory watchThreads,
      SuspensionWatch suspensions) {
    super(System.nanoTime());
    this.suspensions = suspensions;
    workerCrew = new Crew(threads);
    timerCrew = new Crew(timerThreads);
    watchCrew = new Crew(watchThreads);
    watch = new WatchKeeper(SocketWatch::new, watchCrew, this::execute, System::nanoTime);
    workers =
        new ThreadPoolExecutor(
            WORKERS, WORKERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), workerCrew);
    workers.allowCoreThreadTimeOut(true);
  }

  /**
   * The runtime shared by the pools of this class loader; every call must be paired with a {@link
   * #release()}.
   */
  public static ThreadedRuntime shared() {
    StackRoom.forStep(); // or the lock may stay held: see execute()
    sharedLock.lock();
    try {
      ThreadedRuntime runtime = shared;
      if (runtime == null) {
        runtime =
            start(
                new DaemonThreads("tidepool-worker-"),
                new DaemonThreads("tidepool-timer-"),
                new DaemonThreads("tidepool-watch-"),
                SuspensionWatch.ofThisMachine());
        shared = runtime;
      } else {
        runtime.users.incrementAndGet();
      }
      return runtime;
    } finally {
      sharedLock.unlock();
    }
  }

  /** A runtime for one pool, with threads of the user's factory. */
  public static ThreadedRuntime own(ThreadFactory threads) {
    return own(threads, SuspensionWatch.ofThisMachine());
  }

  static ThreadedRuntime own(ThreadFactory threads, SuspensionWatch suspensions) {
    ThreadFactory checked =
        task -> {
          Thread thread = threads.newThread(task);
          if (thread == null) {
            throw new IllegalStateException("threadFactory returned null: " + threads);
          }
          return thread;
        };
    return start(checked, checked, checked, suspensions);
  }

  /** The clock of all such runtimes, for what has to be measured before there is one. */
  public static long now() {
    return System.nanoTime();
  }

  private static ThreadedRuntime start(
      ThreadFactory threads,
      ThreadFactory timerThreads,
      ThreadFactory watchThreads,
      SuspensionWatch suspensions) {
    ThreadedRuntime runtime = new ThreadedRuntime(threads, timerThreads, watchThreads, suspensions);
    runtime.timerCrew.newThread(runtime.timer).start();
    return runtime;
  }

  private void onTick(long now) {
    // Each by itself, so that what one throws costs the others no tick.
    try {
      rounds.run(now);
    } catch (Throwable t) {
      Guard.tell(t);
    }
    try {
      if (suspensions.hasLeapt()) {
        execute(this::noteSuspension); // a file, and logs, may be slow
      }
    } catch (Throwable t) {
      Guard.tell(t);
    }
    try {
      adjustWorkers();
    } catch (Throwable t) {
      tellOfNoThread(t);
    }
  }

  private void noteSuspension() {
    long nanos = suspensions.suspendedFor();
    if (nanos > 0) {
      suspended(nanos);
      rounds.hastenAll();
      log.info(
          "tidepool: the machine was suspended for {} s; quiet connections are asked before they"
              + " are lent",
          TimeUnit.NANOSECONDS.toSeconds(nanos));
    }
  }

  private void tellOfNoThread(Throwable failure) {
    try {
      log.atLevel(noThread.level(Level.WARN))
          .setCause(failure)
          .log(
              "tidepool: no worker thread could be started; tasks wait until there are threads again");
    } catch (Throwable t) { // who has no memory for a thread often has none to say so
      Guard.tell(t);
    }
  }

  private void adjustWorkers() {
    long completed = workers.getCompletedTaskCount();
    int allowed = workers.getCorePoolSize();
    if (workers.getQueue().isEmpty()) {
      // What hangs keeps its thread; the others need theirs at once, not after another climb.
      int enough = allowed > WORKERS ? workers.getActiveCount() + WORKERS : WORKERS;
      if (allowed > enough) {
        workers.setCorePoolSize(enough);
        workers.setMaximumPoolSize(enough);
      }
    } else if (completed == completedAtLastTick || hasWaitedForATick(workers.getQueue().peek())) {
      // It may start none and yet count less than allowed: it keeps the places of some that died
      // for want of memory.
      if (workers.getPoolSize() >= allowed || !workers.prestartCoreThread()) {
        workers.setMaximumPoolSize(allowed + MORE_PER_TICK);
        workers.setCorePoolSize(allowed + MORE_PER_TICK);
      }
    }
    completedAtLastTick = completed;
  }

  /** If all but one hang, that one still completes something each tick while the queue grows. */
  private boolean hasWaitedForATick(@Nullable Runnable head) {
    return head instanceof Queued queued && coarseNanos() - queued.since > TICK_NANOS;
  }

  /**
   * Runs once or not at all, however often it stands in the queue: for want of memory a queue may
   * take a task and throw all the same.
   */
  static final class Queued implements Runnable {
    private final Runnable task;
    private final long since;
    private final AtomicBoolean settled = new AtomicBoolean();

    Queued(Runnable task, long since) {
      this.task = task;
      this.since = since;
    }

    @Override
    public void run() {
      if (settled.compareAndSet(false, true)) {
        Guard.run(task);
      }
    }

    /** False if it has begun already; else it never will. */
    boolean callOff() {
      return settled.compareAndSet(false, true);
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void execute(Runnable task) {
    // The locks of the JDK's queue stay held for ever where the stack ends on the way into them.
    StackRoom.forTask();
    Queued queued = new Queued(task, System.nanoTime());
    try {
      workers.execute(queued);
    } catch (RejectedExecutionException e) {
      // After the last user left, only a connection that arrived too late can still be closed; it
      // must not be lost.
      log.debug("tidepool: task after the runtime ended", e);
      new DaemonThreads("tidepool-late-").newThread(queued).start();
    } catch (Throwable t) {
      leaveToOthers(queued, t);
    }
  }

  /**
   * No thread to be had ("unable to create native thread"). Callers own slots, so the task must not
   * be lost: it is left to the workers there are, and the tick starts one as soon as it can. Throws
   * only if the task has not run and never will.
   */
  private void leaveToOthers(Queued queued, Throwable why) {
    try {
      workers.getQueue().add(queued);
    } catch (Throwable t) {
      if (queued.callOff()) {
        throw t;
      }
    }
    tellOfNoThread(why);
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Timer set = timer.schedule(task, delayNanos);
    if (set != null) {
      return set;
    }
    // Only after the last user left: a close that came late has nobody to be timed for.
    log.debug("tidepool: timer called for after the runtime ended");
    return () -> {};
  }

  @Override
  public Repeated repeat(LongSupplier task) {
    return rounds.add(task);
  }

  @Override
  public void prepareWatch() {
    watch.prepare();
  }

  @Override
  public boolean watch(Watchable socket, Runnable onNews) {
    return watch.watch(socket, onNews);
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.parkNanos(blocker, nanos);
  }

  @Override
  public void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }

  @Override
  public void release() {
    StackRoom.forStep();
    sharedLock.lock();
    try {
      if (users.decrementAndGet() > 0) {
        return;
      }
      if (shared == this) {
        shared = null;
      }
    } finally {
      sharedLock.unlock();
    }
    timer.end();
    watch.end();
    // Closes that were given up on still run to their end; the threads are daemons and leave after
    // them.
    workers.shutdown();
    awaitThreads();
  }

  /** Whoever unloads the pool's classes next must not find its threads still alive. */
  private void awaitThreads() {
    long deadline = System.nanoTime() + FAREWELL_NANOS;
    if (!timerCrew.join(deadline) || !watchCrew.join(deadline) || !workerCrew.join(deadline)) {
      Thread.currentThread().interrupt();
    }
  }
}
