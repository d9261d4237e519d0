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

  private final Inventory inventory;
  private final PoolRuntime runtime;
  private final Closer closer;
  private final Entry entry;
  private final PhysicalConnection physical;
  private final boolean dead;
  private final InterruptibleCall call = new InterruptibleCall();
  private volatile boolean done;

  Closing(Inventory inventory, PoolRuntime runtime, Closer closer, Entry entry, boolean dead) {
    this.inventory = inventory;
    this.runtime = runtime;
    this.closer = closer;
    this.entry = entry;
    this.physical = entry.physical();
    this.dead = dead;
  }

  void start() {
    runtime.execute(this::run);
  }

  private void run() {
    PoolRuntime.Timer timer = null;
    try {
      // From here, not from start(): what has not begun cannot hang.
      timer = runtime.schedule(() -> runtime.execute(this::cutOffIfOpen), PATIENCE_NANOS);
    } finally {
      end(timer);
    }
  }

  private void end(PoolRuntime.@Nullable Timer timer) {
    call.enter();
    try {
      if (dead || timer == null) { // without a timer nobody would end a close that hangs
        closer.cutOff(physical);
      } else {
        closer.close(physical);
      }
    } finally {
      call.leave();
      done = true;
      entry.interruptInDriver(); // a check or a reset that it was closed under
      if (timer != null) {
        timer.cancel();
      }
      inventory.closed(physical);
    }
  }

  private void cutOffIfOpen() {
    if (!done) {
      if (physical.mayInterrupt()) {
        call.interrupt();
      }
      closer.giveUp(physical);
    }
  }
}
