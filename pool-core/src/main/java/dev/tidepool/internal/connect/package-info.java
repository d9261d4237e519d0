/** How one physical connection is opened, prepared, checked, closed and, if need be, cut off. */
@NullMarked
package dev.tidepool.internal.connect;

import org.jspecify.annotations.NullMarked;
