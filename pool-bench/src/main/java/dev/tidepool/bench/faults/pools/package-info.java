/** The pools of the fault lab, each configured as its own documentation recommends. */
@NullMarked
package dev.tidepool.bench.faults.pools;

import org.jspecify.annotations.NullMarked;
