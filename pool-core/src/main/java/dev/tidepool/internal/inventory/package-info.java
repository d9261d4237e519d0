/** What exists: each connection opened once, closed once, never more than the maximum. */
@NullMarked
package dev.tidepool.internal.inventory;

import org.jspecify.annotations.NullMarked;
