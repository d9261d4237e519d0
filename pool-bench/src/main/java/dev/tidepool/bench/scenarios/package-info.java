/** What pools are put through. */
@NullMarked
package dev.tidepool.bench.scenarios;

import org.jspecify.annotations.NullMarked;
