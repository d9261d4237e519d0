/** Tomcat supplies the pool over JNDI, and takes it away with the application. */
@NullMarked
package dev.tidepool.examples.tomcat;

import org.jspecify.annotations.NullMarked;
