package dev.tidepool.bench.compare;

import java.util.Map;

/**
 * One form of a scenario.
 *
 * @param label how reports call it; unique within the scenario
 * @param forksItself whether the body cares for a JVM of its own; else the comparison starts one
 * @param body what is measured
 */
public record Variant(String label, boolean forksItself, Body body) {
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
    return new Variant(label, false, body);
  }
}
