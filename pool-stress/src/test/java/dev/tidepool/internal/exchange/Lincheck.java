package dev.tidepool.internal.exchange;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** How thoroughly Lincheck looks. */
public enum Lincheck {
  /** Until it finds what is known to be wrong. */
  FIND(200, 300),
  /** A few seconds for each class. */
  SHORT(6, 200),
  /** About a minute for each class. */
  FULL(50, 1_000);

  /** Threads of a scenario have small numbers; what goes before and after them has one too. */
  public static final int NUMBERS = 8;

  private final int scenarios;
  private final int orders;

  Lincheck(int scenarios, int orders) {
    this.scenarios = scenarios;
    this.orders = orders;
  }

  /**
   * Goes through the orders in which the threads of random scenarios can take their steps.
   *
   * @param atomic classes whose methods count as one step, because they have tests of their own
   */
  public void modelCheck(
      Class<?> subject, Class<?> specification, int threads, Class<?>... atomic) {
    ModelCheckingOptions options = new ModelCheckingOptions();
    for (Class<?> type : atomic) {
      options.addGuarantee(forClasses(type.getName()).allMethods().treatAsAtomic());
    }
    options
        .iterations(scenarios)
        .invocationsPerIteration(orders)
        .threads(threads)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(specification)
        // To find the shortest scenario that fails takes longer than to find one.
        .minimizeFailedScenario(this != FIND)
        .check(subject);
  }

  /** Lets the threads of random scenarios run freely, over and over. */
  public void stress(Class<?> subject, Class<?> specification, int threads) {
    new StressOptions()
        .iterations(scenarios)
        .invocationsPerIteration(orders)
        .threads(threads)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(specification)
        .check(subject);
  }
}
