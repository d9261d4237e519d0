/**
 * The kernel: slot state machine, lock-free bag of idle slots, FIFO waiters and the hand-over; no
 * JDBC, no logging.
 */
@NullMarked
package dev.tidepool.internal.exchange;

import org.jspecify.annotations.NullMarked;
