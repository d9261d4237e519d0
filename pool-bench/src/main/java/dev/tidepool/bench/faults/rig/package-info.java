/**
 * The side of the server: network namespaces, real servers and proxies in them, and the faults.
 * Takes root; {@link dev.tidepool.bench.faults.rig.Tools} says what is missing.
 */
@NullMarked
package dev.tidepool.bench.faults.rig;

import org.jspecify.annotations.NullMarked;
