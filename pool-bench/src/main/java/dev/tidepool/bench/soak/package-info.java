/** Long use of one pool under random load, faults, changes and misuse, with exact accounts. */
@NullMarked
package dev.tidepool.bench.soak;

import org.jspecify.annotations.NullMarked;
