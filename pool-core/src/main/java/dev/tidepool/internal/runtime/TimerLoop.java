package dev.tidepool.internal.runtime;

import dev.tidepool.internal.exchange.StackRoom;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the timer thread does: a tick now and then, and each timer at its time.
 *
 * <p>The executors of the JDK allocate to wait, to repeat a task and to replace a thread that died,
 * so that an exhausted heap can take their only thread away; with it would go the clock, the
 * heartbeat and every deadline of all pools, for good. Here nothing but {@link #end} ends the
 * thread: whatever is thrown, by a task or by the loop itself, the loop goes on. To wait, to take
 * out what is due and to call a timer off needs no memory; only whoever sets one needs some, and
 * hears if there is none.
 */
final class TimerLoop implements Runnable {
  /** More would overflow when two times are compared. */
  private static final long LONGEST_DELAY_NANOS = Long.MAX_VALUE / 4;

  private final LongSupplier clock;
  private final LongConsumer onTime;
  private final LongConsumer onTick;
  private final long pause;
  private final Object lock = new Object();

  /** Guarded by lock; what is called off is removed from it as far as there is memory for that. */
  private final TreeSet<Task> tasks = new TreeSet<>();

  /** Guarded by lock: of two tasks of the same time the older one comes first. */
  private long numbers;

  private volatile boolean ended;

  /** Set by the thread itself. */
  private volatile @Nullable Thread thread;

  /** The rest belongs to the thread. */
  private long nextTick;

  /** Told in the next turn: whatever is done in a catch block may fail in its turn. */
  private @Nullable Throwable untold;

  /**
   * A loop that does not run yet.
   *
   * @param onTime told the time in each turn, first of all
   * @param onTick told the time when a tick is due
   * @param pause nanoseconds from the end of a tick to the next
   */
  TimerLoop(LongSupplier clock, LongConsumer onTime, LongConsumer onTick, long pause) {
    this.clock = clock;
    this.onTime = onTime;
    this.onTick = onTick;
    this.pause = pause;
    this.nextTick = clock.getAsLong() + pause;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!ended) {
      try {
        turn();
      } catch (Throwable t) {
        untold = t;
      }
    }
  }

  private void turn() {
    // First: where every turn failed, the loop would not give the processor back else.
    waitForWork();
    long now = clock.getAsLong();
    onTime.accept(now);
    tellFailure();
    if (now - nextTick >= 0 && !ended) {
      nextTick = now + pause;
      try {
        onTick.accept(now);
      } finally {
        nextTick = clock.getAsLong() + pause;
      }
    }
    Task due = takeDue(now);
    if (due != null) {
      due.run();
    }
  }

  private void tellFailure() {
    Throwable failure = untold;
    if (failure != null) {
      untold = null;
      Guard.tell(failure);
    }
  }

  private void waitForWork() {
    // No task may leave one behind: the thread would not sleep any more.
    boolean unused = Thread.interrupted();
    long nanos = untilNext();
    // Nothing in between that parks: it would use up the permit of a timer set meanwhile.
    if (nanos > 0 && !ended) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private long untilNext() {
    long now = clock.getAsLong();
    synchronized (lock) {
      long tick = nextTick - now;
      Task first = first();
      return first == null ? tick : Math.min(tick, first.due - now);
    }
  }

  /** The caller holds the lock. */
  private @Nullable Task first() {
    try {
      return tasks.isEmpty() ? null : tasks.first();
    } catch (NoSuchElementException e) {
      tasks.clear(); // should it have counted wrong all the same: other timers must go on
      return null;
    }
  }

  private @Nullable Task takeDue(long now) {
    synchronized (lock) {
      Task first = first();
      if (ended || first == null || now - first.due < 0) {
        return null;
      }
      tasks.remove(first);
      return first;
    }
  }

  /**
   * Has a task run on the timer thread; by any thread.
   *
   * @return null if the loop has ended
   */
  PoolRuntime.@Nullable Timer schedule(Runnable action, long delayNanos) {
    Task task = new Task(action, clock.getAsLong() + Math.min(delayNanos, LONGEST_DELAY_NANOS));
    StackRoom.forTask(); // a tree that is left in the middle of a change has counted wrong
    boolean isFirst;
    synchronized (lock) {
      if (ended) {
        return null;
      }
      task.number = numbers++;
      tasks.add(task);
      isFirst = tasks.first().number == task.number;
    }
    if (isFirst) {
      wake();
    }
    return task;
  }

  private void wake() {
    Thread waiting = thread;
    if (waiting != null) { // else it has not looked at the tasks yet
      LockSupport.unpark(waiting);
    }
  }

  /** Ends the thread, after the task it is in; what is not due yet is forgotten. */
  void end() {
    ended = true;
    wake();
    synchronized (lock) {
      tasks.clear();
    }
  }

  private final class Task implements PoolRuntime.Timer, Comparable<Task> {
    private final Runnable action;
    private final long due;
    private long number;
    private volatile boolean calledOff;

    Task(Runnable action, long due) {
      this.action = action;
      this.due = due;
    }

    void run() {
      if (!calledOff) {
        Guard.run(action);
      }
    }

    @Override
    public void cancel() {
      calledOff = true;
      try {
        StackRoom.forTask(); // as in schedule()
        synchronized (lock) {
          tasks.remove(this);
        }
      } catch (OutOfMemoryError | StackOverflowError e) {
        // Who calls this has a slot to see to, and must go on; the loop drops the task when its
        // time comes.
        assert calledOff;
      }
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.signum(due - other.due);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }
}
