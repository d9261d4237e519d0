/** The one seam for time, threads and scheduling, and the fan-out to listeners. */
@NullMarked
package dev.tidepool.internal.runtime;

import org.jspecify.annotations.NullMarked;
