package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;

/**
 * One contender's turn.
 *
 * @param contender whose
 * @param effort how long
 * @param url the database of scenarios that take a real one, else empty
 * @param fork whether a JVM of its own is wanted, for variants that see to that themselves
 */
public record Turn(Contender contender, Effort effort, String url, boolean fork) {}
