package dev.tidepool.internal.pool;

import dev.tidepool.internal.exchange.Parking;
import dev.tidepool.internal.runtime.PoolRuntime;

/** Lets the exchange, which knows nothing of the runtime, wait by its clock and threads. */
final class RuntimeParking implements Parking {
  private final PoolRuntime runtime;

  RuntimeParking(PoolRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public long nanoTime() {
    return runtime.nanoTime();
  }

  @Override
  public void park(Object blocker, long nanos) {
    runtime.park(blocker, nanos);
  }

  @Override
  public void unpark(Thread thread) {
    runtime.unpark(thread);
  }
}
