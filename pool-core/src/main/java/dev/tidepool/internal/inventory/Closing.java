package dev.tidepool.internal.inventory;

import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.runtime.PoolRuntime;

/** One close on a worker thread; if the driver takes too long over it, the connection is cut off from another. */
final class Closing {
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final Inventory inventory;
  private final PoolRuntime runtime;
  private final PhysicalConnection physical;
  private final boolean dead;

  Closing(
      Inventory inventory, PoolRuntime runtime, PhysicalConnection physical, boolean dead) {
    this.inventory = inventory;
    this.runtime = runtime;
    this.physical = physical;
    this.dead = dead;
  }

  void start() {
    PoolRuntime.Timer timer =
        runtime.schedule(() -> runtime.execute(() -> Closer.cutOff(physical)), PATIENCE_NANOS);
    runtime.execute(
        () -> {
          try {
            if (dead) {
              Closer.cutOff(physical);
            } else {
              Closer.close(physical);
            }
          } finally {
            timer.cancel();
            inventory.closed();
          }
        });
  }
}
