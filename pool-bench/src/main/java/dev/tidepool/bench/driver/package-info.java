/** A JDBC driver that does nothing, as cheaply as it can, so that what is measured is the pool. */
@NullMarked
package dev.tidepool.bench.driver;

import org.jspecify.annotations.NullMarked;
