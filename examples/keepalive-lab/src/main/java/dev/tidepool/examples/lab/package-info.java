/** Who survives silence on a PostgreSQL that kills idle sessions, and why. */
@NullMarked
package dev.tidepool.examples.lab;

import org.jspecify.annotations.NullMarked;
