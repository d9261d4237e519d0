package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one turn.
 *
 * @param variant label of the variant
 * @param round from 1
 * @param figures what was measured; empty if it failed
 * @param error why it could not be measured, or null
 */
public record Outcome(
    Scenario scenario,
    String variant,
    Contender contender,
    int round,
    Map<Figure, Double> figures,
    @Nullable String error) {}
