/** A small bank on Spring Boot; two lines of application.properties choose the pool. */
@NullMarked
package dev.tidepool.examples.boot;

import org.jspecify.annotations.NullMarked;
