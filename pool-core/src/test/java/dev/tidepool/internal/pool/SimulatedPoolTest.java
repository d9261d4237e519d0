package dev.tidepool.internal.pool;

import dev.tidepool.config.TidepoolConfig;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A test with one simulated pool, whose accounts are checked at the end. */
abstract class SimulatedPoolTest {
  private @Nullable PoolFixture fixture;

  /** Starts the pool of this test. */
  final PoolFixture start(UnaryOperator<TidepoolConfig.Builder> settings) {
    PoolFixture pool = create(settings);
    pool.start();
    return pool;
  }

  /** Makes the pool of this test, to be started by it. */
  final PoolFixture create(UnaryOperator<TidepoolConfig.Builder> settings) {
    PoolFixture pool = PoolFixture.create(settings);
    fixture = pool;
    return pool;
  }

  @AfterEach
  final void closeAndAudit() {
    if (fixture != null) {
      fixture.close();
    }
  }
}
