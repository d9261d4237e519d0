package dev.tidepool.bench.faults.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One experiment: one pool meets one fault once.
 *
 * @param killer which idle killer; null for all faults but {@link Fault#F8}
 * @param pool name of the pool, a constant of the lab's list
 * @param tls whether connections are encrypted
 * @param callers threads that borrow
 * @param round counted from 1
 */
public record Cell(
    Fault fault,
    @Nullable Killer killer,
    String pool,
    Database database,
    boolean tls,
    Load load,
    int callers,
    int round) {

  /** Fault and killer in a few words. */
  public String faultTitle() {
    return fault + " " + (killer == null ? fault.title() : killer.title());
  }

  /** From injection to the first borrow; zero unless the pool is to notice by itself. */
  public Duration quiet() {
    return load == Load.IDLE ? fault.quiet() : Duration.ZERO;
  }

  /** Everything but pool and round: cells that share it are compared. */
  public String scene() {
    return faultTitle() + ", " + conditions();
  }

  /** Database, encryption, load, callers. */
  public String conditions() {
    String use = fault == Fault.F8 ? "trickle" : load.toString();
    return database.title() + " " + (tls ? "TLS" : "plain") + " " + use + " " + callers;
  }

  /** The same experiment in another round. */
  public Cell inRound(int number) {
    return new Cell(fault, killer, pool, database, tls, load, callers, number);
  }

  /** Fit for a file name. */
  public String fileName() {
    String name = scene() + "-" + pool + "-" + round;
    return name.replaceAll("[^A-Za-z0-9_-]+", "_");
  }

  @Override
  public String toString() {
    return scene() + ", " + pool;
  }
}
