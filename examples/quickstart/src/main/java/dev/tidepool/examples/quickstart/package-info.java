/** The pool at work on an embedded database, in under half a minute. */
@NullMarked
package dev.tidepool.examples.quickstart;

import org.jspecify.annotations.NullMarked;
