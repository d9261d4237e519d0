package dev.tidepool.internal.inventory;

import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.runtime.PoolRuntime;
import org.jspecify.annotations.Nullable;

/**
 * One close on a worker thread; if the driver takes too long over it, the connection is cut off
 * from another.
 */
final class Closing {
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  /** Longer than most closes take; borrowers may wait for the place. */
  private static final long PLACE_NANOS = 250_000_000L;

  private final Retiring retiring;
  private final PoolRuntime runtime;
  private final Closer closer;
  private final Entry entry;
  private final PhysicalConnection physical;
  private final boolean dead;
  private final InterruptibleCall call = new InterruptibleCall();

  private PoolRuntime.@Nullable Timer place;

  /** By the worker alone; null if there is no memory for it. */
  private PoolRuntime.@Nullable Timer patience;

  private volatile boolean done;

  Closing(Retiring retiring, PoolRuntime runtime, Closer closer, Entry entry, boolean dead) {
    this.retiring = retiring;
    this.runtime = runtime;
    this.closer = closer;
    this.entry = entry;
    this.physical = entry.physical();
    this.dead = dead;
  }

  void start() {
    if (!dead) {
      // From here: borrowers may wait for the place, however busy the workers are.
      place = runtime.schedule(() -> retiring.left(entry), PLACE_NANOS);
    }
    runtime.execute(this::run);
  }

  private void run() {
    try {
      // From here, not from start(): what has not begun cannot hang.
      patience = runtime.schedule(() -> runtime.execute(this::cutOffIfOpen), PATIENCE_NANOS);
    } finally {
      end(patience != null);
    }
  }

  private void end(boolean bounded) {
    call.enter();
    try {
      if (dead || !bounded) { // without timers nobody would end a close that hangs
        closer.cutOff(physical);
      } else {
        closer.close(physical);
      }
    } finally {
      done = true;
      try {
        call.leave();
        cancel(place);
        cancel(patience);
        entry.interruptInDriver(); // a check or a reset that it was closed under
      } finally {
        retiring.closed(entry);
      }
    }
  }

  private static void cancel(PoolRuntime.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void cutOffIfOpen() {
    if (done) {
      return;
    }
    try {
      if (physical.mayInterrupt()) {
        call.interrupt();
      }
      entry.interruptInDriver(); // it may hold a lock that the close waits for
    } finally {
      closer.giveUp(physical);
    }
  }
}
