/** The fault lab of the project, on the user's own machine. */
@NullMarked
package dev.tidepool.examples.faults;

import org.jspecify.annotations.NullMarked;
