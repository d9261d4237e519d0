package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Opens the first connection of a pool and waits for it, as {@code initializationFailTimeout} says.
 * Only one is tried before the first success: with a wrong password each login counts towards the
 * lock of the account.
 */
final class Startup {
  private static final Logger log = LoggerFactory.getLogger(Startup.class);

  private final Engine engine;
  private final Changes changes;
  private final PoolRuntime runtime;
  private final Inventory inventory;
  private final Counters counters;
  private final long begun;
  private final long failTimeout;

  /** Whether the pool was found suspended: then nothing is opened, and nothing can be proved. */
  private boolean suspended;

  Startup(Engine engine, Changes changes) {
    this.engine = engine;
    this.changes = changes;
    this.runtime = engine.runtime();
    this.inventory = engine.inventory();
    this.counters = engine.counters();
    this.begun = runtime.nanoTime();
    this.failTimeout = engine.config().initializationFailTimeout().toNanos();
    Diagnosis.prepare();
  }

  /**
   * Returns once a connection is open, or need not be waited for, as in a suspended pool; and when
   * the caller's patience is at an end. Then the start is neither good nor bad, and goes on: ended
   * with each caller, logins that take longer than one waits would never come to anything.
   *
   * @return false if nothing is known yet
   * @throws PoolStartException if an attempt failed and the time for failing is over
   */
  boolean awaitFirst(Duration patience) throws InterruptedException {
    Level level = inventory.connectLog().level(Level.INFO);
    log.atLevel(level).log("{}: starting", engine.poolName());
    inventory.startOnly(true); // also after a failure of which this thread has not heard yet
    boolean known = openFirst(patience);
    inventory.startOnly(false);
    inventory.connectLog().unhush(); // it has not failed: what comes now is no repetition
    return known;
  }

  private boolean openFirst(Duration patience) throws InterruptedException {
    if (failTimeout < 0) {
      return true;
    }
    long longest = failTimeout + engine.config().connectTimeout().toNanos();
    long patienceNanos = Math.max(0, patience.toNanos());
    boolean decided = changes.await(this::isDecided, begun + Math.min(longest, patienceNanos));
    boolean inVain = decided ? !isOpen() && !suspended : patienceNanos >= longest;
    if (inVain && failTimeout != 0) {
      throw Diagnosis.notStarted(engine, Duration.ofNanos(runtime.nanoTime() - begun));
    }
    return decided;
  }

  private boolean isDecided() {
    suspended = engine.state() == PoolState.SUSPENDED;
    boolean none = inventory.counts().promising() == 0; // before the count of failures is read
    if (isOpen() || engine.isClosed() || suspended) {
      return true;
    }
    if (counters.connectFailures.sum() > 0
        && inventory.isFailing()
        && runtime.nanoTime() - begun >= failTimeout) {
      return true;
    }
    if (none) { // none, or one of several servers does not answer
      inventory.connectForStart();
    }
    return false;
  }

  private boolean isOpen() {
    return counters.opened.sum() > 0 && !engine.isClosed();
  }
}
