/** Benchmarks of Tidepool side by side with other pools, and what compares their results. */
@NullMarked
package dev.tidepool.bench;

import org.jspecify.annotations.NullMarked;
