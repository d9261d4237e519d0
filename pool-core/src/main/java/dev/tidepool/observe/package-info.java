/** What operators look at from outside: JMX. */
@NullMarked
package dev.tidepool.observe;

import org.jspecify.annotations.NullMarked;
