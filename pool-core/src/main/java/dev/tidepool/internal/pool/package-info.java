/** The engine: acquire, release, supply and lifecycle. */
@NullMarked
package dev.tidepool.internal.pool;

import org.jspecify.annotations.NullMarked;
