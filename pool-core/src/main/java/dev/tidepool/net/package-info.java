/** Socket factories and options that drivers are given by name; depends on the JDK alone. */
@NullMarked
package dev.tidepool.net;

import org.jspecify.annotations.NullMarked;
