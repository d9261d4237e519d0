/** Stand-ins for time, threads, drivers and servers, shared by the tests. */
@org.jspecify.annotations.NullMarked
package dev.tidepool.testing;
