package dev.tidepool.testing;

import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.net.Watchable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time and threads in one thread, for tests that must be able to repeat what they did.
 *
 * <p>Nothing happens by itself. Tasks wait in a list and run in an order drawn from a seed; timers
 * run when {@link #advance} or a parked caller moves the time. A caller that parks lends its thread
 * to whatever could wake it, so the blocking code of the pool runs unchanged.
 *
 * <p>After {@link #useThreads} each task, and whatever is {@link #start started}, has a thread of
 * its own and can park or {@link #hang}; they take turns, so still only one thing happens at a
 * time.
 */
public final class SimulatedRuntime extends PoolRuntime {
  private final Random random;
  private final List<Runnable> tasks = new ArrayList<>();
  private Runnable onPrepareWatch = () -> {};
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.comparingLong((Alarm a) -> a.due).thenComparingLong(a -> a.number));
  private final List<Throwable> failures = new ArrayList<>();
  private final IdentityHashMap<Watchable, Runnable> watched = new IdentityHashMap<>();
  private boolean refusesWatches;
  private @Nullable Error nextWatchError;
  private @Nullable Error nextTaskError;
  private @Nullable Runnable beforeNextTask;
  private @Nullable Error nextTimerError;
  private @Nullable Error nextClockError;
  private long now = 1_000_000_000_000L;
  private long alarmsSet;
  private boolean released;

  /** Null while everything runs on the thread of the test. */
  private @Nullable Turns turns;

  private final Set<Thread> parked = new HashSet<>();
  private final Set<Thread> permits = new HashSet<>();
  private final List<Hang> hangs = new ArrayList<>();
  private final List<OnTicks> repeats = new ArrayList<>();

  /** A runtime whose order of tasks is drawn from {@code random}. */
  public SimulatedRuntime(Random random) {
    super(1_000_000_000_000L);
    this.random = random;
  }

  private static final class Alarm {
    final long due;
    final long number;
    final Runnable task;

    Alarm(long due, long number, Runnable task) {
      this.due = due;
      this.number = number;
      this.task = task;
    }
  }

  @Override
  public long nanoTime() {
    Error error = nextClockError;
    if (error != null) {
      nextClockError = null;
      throw error;
    }
    return now;
  }

  /** Gives every task from now on a thread of its own. */
  public SimulatedRuntime useThreads() {
    turns = new Turns();
    return this;
  }

  private Turns turns() {
    Turns t = turns;
    if (t == null) {
      throw new IllegalStateException("this runtime has no threads; call useThreads() first");
    }
    return t;
  }

  /** Starts a thread that runs until it first parks, hangs or ends. */
  public Thread start(String name, Runnable body) {
    return turns().run(name, () -> guarded(body));
  }

  /** Interrupts a thread that was started here, and lets it notice at its next turn. */
  public void interrupt(Thread thread) {
    thread.interrupt();
    unpark(thread);
  }

  /**
   * Something that a task can run into and that lets nobody out before it ends, not even by
   * interrupt.
   */
  public Hang hang() {
    Hang hang = new Hang();
    hangs.add(hang);
    return hang;
  }

  /** Ends every hang; those who hung go on with their next turn. */
  public void endHangs() {
    hangs.forEach(Hang::end);
  }

  /** Takes time inside a driver call, while everything else goes on. */
  public void take(Duration time) {
    Hang hang = new Hang();
    schedule(hang::end, time.toNanos());
    hang.run();
  }

  /** See {@link #hang}. */
  public final class Hang implements Runnable {
    private final List<Thread> inside = new ArrayList<>();
    private boolean over;

    private Hang() {}

    @Override
    public void run() {
      while (!over) {
        inside.add(Thread.currentThread());
        turns().pause();
      }
    }

    /** How many hang in it. */
    public int inside() {
      return inside.size();
    }

    /** Lets everybody out, one after the other, and holds nobody from now on. */
    public void end() {
      over = true;
      for (Thread thread : inside) {
        tasks.add(() -> turns().resume(thread));
      }
      inside.clear();
    }
  }

  /** Does something when a connection arrives whose socket can be watched. */
  public void onPrepareWatch(Runnable action) {
    onPrepareWatch = action;
  }

  @Override
  public void prepareWatch() {
    onPrepareWatch.run();
  }

  @Override
  public void execute(Runnable task) {
    Runnable before = beforeNextTask;
    if (before != null) {
      beforeNextTask = null;
      before.run();
    }
    Error error = nextTaskError;
    if (error != null) {
      nextTaskError = null;
      throw error;
    }
    tasks.add(turns == null ? task : () -> start("worker", task));
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Error error = nextTimerError;
    if (error != null) {
      nextTimerError = null;
      throw error;
    }
    return set(task, delayNanos);
  }

  private Timer set(Runnable task, long delayNanos) {
    Alarm alarm = new Alarm(now + Math.max(0, delayNanos), alarmsSet++, task);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  @Override
  public Repeated repeat(LongSupplier task) {
    OnTicks repeated = new OnTicks(task);
    repeats.add(repeated);
    repeated.set(0);
    return repeated;
  }

  private final class OnTicks implements Repeated {
    private final LongSupplier task;
    private boolean over;
    private boolean running;
    private boolean hastened;
    private long due;
    private Timer next = () -> {};

    OnTicks(LongSupplier task) {
      this.task = task;
    }

    void set(long pause) {
      long beyondTick = Math.floorMod(now + pause, TICK_NANOS);
      due = now + pause + TICK_NANOS - beyondTick;
      next = SimulatedRuntime.this.set(this::ring, due - now);
    }

    private void ring() {
      long[] pause = {1_000_000_000L};
      hastened = false;
      running = true;
      due = Long.MAX_VALUE;
      guarded(() -> pause[0] = task.getAsLong());
      running = false;
      if (!over) {
        set(hastened ? Math.min(pause[0], due - now) : pause[0]);
      }
    }

    @Override
    public void within(long nanos) {
      if (running) {
        hastened = true;
        due = Math.min(due, now + nanos);
      } else if (!over && now + nanos < due) {
        next.cancel();
        set(nanos);
      }
    }

    @Override
    public void cancel() {
      over = true;
      next.cancel();
    }
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (turns != null && turns.isMine()) {
      parkThread(nanos);
      return;
    }
    long deadline = now + nanos;
    if (!tasks.isEmpty()) {
      runOneTask();
      return;
    }
    Alarm next = alarms.peek();
    if (next != null && next.due <= deadline) {
      runAlarm();
    } else {
      setTime(Math.max(now, deadline));
    }
  }

  private void parkThread(long nanos) {
    Thread self = Thread.currentThread();
    if (permits.remove(self) || self.isInterrupted()) {
      return;
    }
    parked.add(self);
    Timer alarm = schedule(() -> wake(self), nanos);
    turns().pause();
    alarm.cancel();
  }

  private void wake(Thread thread) {
    if (parked.remove(thread)) {
      tasks.add(() -> turns().resume(thread));
    }
  }

  @Override
  public void unpark(Thread thread) {
    // The thread of the test never parks in earnest.
    if (turns == null || !turns.knows(thread)) {
      return;
    }
    if (parked.contains(thread)) {
      wake(thread);
    } else {
      permits.add(thread);
    }
  }

  @Override
  public boolean watch(Watchable socket, Runnable onNews) {
    if (refusesWatches) {
      return false;
    }
    Error error = nextWatchError;
    if (error != null) {
      nextWatchError = null;
      throw error;
    }
    watched.put(socket, onNews);
    return true;
  }

  /** Whether watches are refused from now on, as a runtime without descriptors or threads does. */
  public void refuseWatches(boolean refuse) {
    refusesWatches = refuse;
  }

  /** What the attempt to hand over the next task throws. */
  public void failNextTask(Error error) {
    nextTaskError = error;
  }

  /** Runs while the next task is being handed over, which takes as long. */
  public void beforeNextTask(Runnable action) {
    beforeNextTask = action;
  }

  /** What the attempt to set the next timer throws. */
  public void failNextTimer(Error error) {
    nextTimerError = error;
  }

  /** Makes the next look at the clock fail: as anything may where a class cannot be loaded. */
  public void failNextClock(Error error) {
    nextClockError = error;
  }

  /** Whether that attempt has not been made yet. */
  public boolean failsNextTimer() {
    return nextTimerError != null;
  }

  /** There is memory for everything again. */
  public void failNoMore() {
    nextTaskError = null;
    nextTimerError = null;
    nextWatchError = null;
  }

  /** What the next watch throws. */
  public void failNextWatch(Error error) {
    nextWatchError = error;
  }

  /** Whether a socket waits for its news. */
  public boolean isWatched(Watchable socket) {
    return watched.containsKey(socket);
  }

  /** Something has arrived on a socket: ends its watch, if there is one, as the real one does. */
  public void news(Watchable socket) {
    Runnable onNews = watched.remove(socket);
    if (onNews != null) {
      guarded(onNews);
    }
  }

  @Override
  public void release() {
    released = true;
  }

  /** Whether the pool gave this runtime back. */
  public boolean isReleased() {
    return released;
  }

  /** Timers still set. */
  public int alarms() {
    return alarms.size();
  }

  /** What tasks and timers have thrown. */
  public List<Throwable> failures() {
    return failures;
  }

  /** Runs one waiting task, if there is one. */
  public void runOneTask() {
    if (!tasks.isEmpty()) {
      guarded(tasks.remove(random.nextInt(tasks.size())));
    }
  }

  /** Runs tasks until none is left. */
  public void runTasks() {
    while (!tasks.isEmpty()) {
      runOneTask();
    }
  }

  /** Lets time pass: timers ring when due, tasks run in between. */
  public void advance(Duration by) {
    long end = now + by.toNanos();
    runTasks();
    for (Alarm next = alarms.peek(); next != null && next.due <= end; next = alarms.peek()) {
      runAlarm();
      runTasks();
    }
    // A driver call may have taken longer; time never goes back.
    setTime(Math.max(now, end));
  }

  /**
   * Lets time pass inside a driver call: timers ring, but no task gets a turn, as the caller is
   * itself a task that holds its worker.
   */
  public void passWithoutTasks(Duration by) {
    long end = now + by.toNanos();
    for (Alarm next = alarms.peek(); next != null && next.due <= end; next = alarms.peek()) {
      runAlarm();
    }
    setTime(Math.max(now, end));
  }

  /**
   * The whole process stops for a while; after that all timers that are late ring before any task
   * gets a turn.
   */
  public void standStill(Duration time) {
    setTime(now + time.toNanos());
    passWithoutTasks(Duration.ZERO);
  }

  /**
   * The same, but other threads are faster than the timer thread: nobody has moved the coarse clock
   * and no timer has rung when the first task gets a turn.
   */
  public void standStillUnnoticed(Duration time) {
    now += time.toNanos();
  }

  /** The machine sleeps: no clock here moves, and afterwards the runtime has noticed. */
  public void suspend(Duration time) {
    suspended(time.toNanos());
    repeats.forEach(repeated -> repeated.within(0));
  }

  private void runAlarm() {
    Alarm alarm = alarms.remove();
    setTime(Math.max(now, alarm.due));
    guarded(alarm.task);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      failures.add(t);
    }
  }

  private void setTime(long to) {
    now = to;
    // The coarse clock of the real runtime ticks too, and lags in between.
    tick(now - Math.floorMod(now, TICK_NANOS));
  }
}
