/** What runs in the JVM of the pool that is soaked. */
@NullMarked
package dev.tidepool.bench.soak.client;

import org.jspecify.annotations.NullMarked;
