/**
 * The words that the user and the engine share: operations, figures, events, exceptions and SPIs.
 */
@NullMarked
package dev.tidepool.api;

import org.jspecify.annotations.NullMarked;
