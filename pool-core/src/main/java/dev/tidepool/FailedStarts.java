package dev.tidepool;

import dev.tidepool.internal.pool.Engine;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Engines whose start failed and that a worker may still be ending. Whoever asked for a connection
 * does not wait for that, but whoever closes the pool does: the next thing that happens may be that
 * the class loader of the application is closed, and the worker runs its classes.
 */
final class FailedStarts {
  private final List<Engine> engines = new CopyOnWriteArrayList<>();

  void add(Engine engine) {
    forgetEnded();
    engines.add(engine);
  }

  void forgetEnded() {
    engines.removeIf(Engine::hasEnded);
  }

  /** An interrupt ends the wait, and is kept. */
  void awaitEnd() {
    try {
      for (Engine engine : engines) {
        engine.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
