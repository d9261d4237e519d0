package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;

/**
 * What one turn measured.
 *
 * @param round from 1
 * @param nanos time of one operation in one thread, in ns
 * @param cpuNanos processor time of one operation, in ns
 * @param bytes allocated by one operation
 */
record Sample(
    Scenario scenario,
    Contender contender,
    int round,
    double nanos,
    double cpuNanos,
    double bytes) {}
