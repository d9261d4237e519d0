/**
 * Verdicts over idle and busy connections as pure functions, and the pass that carries them out.
 */
@NullMarked
package dev.tidepool.internal.upkeep;

import org.jspecify.annotations.NullMarked;
