/**
 * The same JDBC calls on a driver's own connection and on one of the pool's, compared line by line.
 */
@NullMarked
package dev.tidepool.conformance;

import org.jspecify.annotations.NullMarked;
