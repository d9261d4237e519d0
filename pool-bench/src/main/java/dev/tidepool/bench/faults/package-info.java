/**
 * The fault lab: what callers of a pool go through when the database or the network fails, measured
 * from the moment of the fault. {@link dev.tidepool.bench.faults.FaultLab} is where it begins.
 */
@NullMarked
package dev.tidepool.bench.faults;

import org.jspecify.annotations.NullMarked;
