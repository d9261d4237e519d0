/** Threads that borrow from a pool, on a schedule or as fast as they can, and what they measure. */
@NullMarked
package dev.tidepool.bench.load;

import org.jspecify.annotations.NullMarked;
