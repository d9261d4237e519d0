/** The side of the pool: a JVM of its own for each cell, told over its standard input. */
@NullMarked
package dev.tidepool.bench.faults.client;

import org.jspecify.annotations.NullMarked;
