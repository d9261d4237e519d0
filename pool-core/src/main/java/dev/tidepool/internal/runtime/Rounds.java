package dev.tidepool.internal.runtime;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that come round again and again, looked at on each tick of one thread.
 *
 * <p>Each with a timer of its own, the idle pools of a process would wake that thread as many times
 * a second as there are pools, and waking up costs more than what they do then. On the tick it is
 * awake anyway. The times are in an array of their own, because to fetch a thousand scattered
 * objects twenty times a second would cost more again than to run those that are due.
 */
final class Rounds {
  /** After a task that threw something. */
  private static final long RETRY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clock;

  /** Guards what follows; no task runs under it. */
  private final Object lock = new Object();

  private int size;
  private long[] dues = new long[16];
  private @Nullable Round[] rounds = new Round[16];

  /** No tasks yet. */
  Rounds(LongSupplier clock) {
    this.clock = clock;
  }

  /** Adds a task that is due at once; by any thread. */
  PoolRuntime.Repeated add(LongSupplier task) {
    long now = clock.getAsLong();
    synchronized (lock) {
      if (size == rounds.length) {
        dues = Arrays.copyOf(dues, 2 * size);
        rounds = Arrays.copyOf(rounds, 2 * size);
      }
      Round round = new Round(task);
      put(round, size++, now);
      return round;
    }
  }

  private void put(Round round, int place, long due) {
    round.place = place;
    rounds[place] = round;
    dues[place] = due;
  }

  /** Runs what is due; by one thread only. */
  void run(long now) {
    for (Round round = nextDue(0, now); round != null; round = nextDue(round.seenAt + 1, now)) {
      try {
        comeAgain(round, now + round.task.getAsLong());
      } catch (Throwable t) {
        Guard.tell(t);
      }
    }
  }

  private @Nullable Round nextDue(int from, long now) {
    synchronized (lock) {
      for (int i = from; i < size; i++) {
        Round round = rounds[i];
        if (now - dues[i] >= 0 && round != null) {
          // Set before: whatever it throws, it comes round again.
          dues[i] = now + RETRY_PAUSE_NANOS;
          round.hastened = false;
          round.seenAt = i;
          return round;
        }
      }
      return null;
    }
  }

  private void comeAgain(Round round, long due) {
    synchronized (lock) {
      // Hastened while it ran, it may not have seen what for.
      boolean keeps = round.place != Round.GONE && round.hastened && dues[round.place] - due < 0;
      if (round.place != Round.GONE && !keeps) {
        dues[round.place] = due;
      }
    }
  }

  /** Has every task run on the next tick; by any thread. */
  void hastenAll() {
    long now = clock.getAsLong();
    synchronized (lock) {
      for (int i = 0; i < size; i++) {
        Round round = rounds[i];
        if (round != null) {
          hasten(round, now);
        }
      }
    }
  }

  private void hasten(Round round, long due) {
    synchronized (lock) {
      if (round.place != Round.GONE && due - dues[round.place] < 0) {
        dues[round.place] = due;
      }
      round.hastened = true;
    }
  }

  private void remove(Round round) {
    synchronized (lock) {
      if (round.place == Round.GONE) {
        return;
      }
      size--;
      Round last = rounds[size];
      if (last != null) {
        // If the scan is past that place already, the last one's turn comes on the next tick.
        put(last, round.place, dues[size]);
      }
      rounds[size] = null;
      round.place = Round.GONE;
    }
  }

  private final class Round implements PoolRuntime.Repeated {
    static final int GONE = -1;

    final LongSupplier task;

    /** Where it is in the arrays. */
    int place;

    /** Where the running thread met it last. */
    int seenAt;

    /** Since its last time; then the time set is not to be put off. */
    boolean hastened;

    Round(LongSupplier task) {
      this.task = task;
    }

    @Override
    public void within(long nanos) {
      hasten(this, clock.getAsLong() + nanos);
    }

    @Override
    public void cancel() {
      remove(this);
    }
  }
}
