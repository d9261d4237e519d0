/** Words of the fault lab: faults, cells of the matrix, what was measured in one. */
@NullMarked
package dev.tidepool.bench.faults.model;

import org.jspecify.annotations.NullMarked;
