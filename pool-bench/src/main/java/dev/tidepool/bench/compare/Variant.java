package dev.tidepool.bench.compare;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * One form of a scenario.
 *
 * @param label how reports call it; unique within the scenario
 * @param forksItself whether the body cares for a JVM of its own; else the comparison starts one
 * @param expected about how long a turn takes, for the usual contender
 * @param body what is measured
 */
public record Variant(
    String label, boolean forksItself, Function<Effort, Duration> expected, Body body) {
  /** Starting a JVM, opening and closing a pool. */
  private static final Duration ASIDE = Duration.ofMillis(1_000);

  /** What is measured. */
  public interface Body {
    /**
     * Measures one contender.
     *
     * @throws Exception if it cannot be measured; the report says so
     */
    Map<Figure, Double> measure(Turn turn) throws Exception;
  }

  /** One that is measured in a JVM of its own. */
  public static Variant of(String label, Body body) {
    return new Variant(
        label, false, effort -> effort.warmUp().plus(effort.measure()).plus(ASIDE), body);
  }

  /** The same with a turn that takes its own time. */
  public Variant lasting(Function<Effort, Duration> time) {
    return new Variant(label, forksItself, time, body);
  }
}
