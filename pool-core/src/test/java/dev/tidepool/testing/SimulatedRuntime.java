package dev.tidepool.testing;

import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time and threads in one thread, for tests that must be able to repeat what they did.
 *
 * <p>Nothing happens by itself. Tasks wait in a list and run in an order drawn from a seed; timers
 * run when {@link #advance} or a parked caller moves the time. A caller that parks lends its thread
 * to whatever could wake it, so the blocking code of the pool runs unchanged.
 */
public final class SimulatedRuntime extends PoolRuntime {
  private final Random random;
  private final List<Runnable> tasks = new ArrayList<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.comparingLong((Alarm a) -> a.due).thenComparingLong(a -> a.number));
  private final List<Throwable> failures = new ArrayList<>();
  private long now = 1_000_000_000_000L;
  private long alarmsSet;
  private boolean released;

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
    return now;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Alarm alarm = new Alarm(now + Math.max(0, delayNanos), alarmsSet++, task);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  @Override
  public void park(Object blocker, long nanos) {
    long deadline = now + nanos;
    if (!tasks.isEmpty()) {
      runOneTask();
      return;
    }
    Alarm next = alarms.peek();
    if (next != null && next.due <= deadline) {
      runAlarm();
    } else {
      setTime(deadline);
    }
  }

  @Override
  public void unpark(Thread thread) {
    // Nobody is parked in earnest.
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
    setTime(end);
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
    setTime(end);
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
