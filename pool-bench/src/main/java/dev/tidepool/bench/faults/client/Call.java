package dev.tidepool.bench.faults.client;

import org.jspecify.annotations.Nullable;

/**
 * One borrow, one query, one return.
 *
 * @param began when {@code getConnection} was called
 * @param borrowed when it returned; 0 if it threw, or has not returned
 * @param ended when all was over; {@link Long#MAX_VALUE} if it is not
 * @param error what the caller was told, null if nothing went wrong
 */
record Call(long began, long borrowed, long ended, @Nullable String error) {
  boolean succeeded() {
    return error == null && ended != Long.MAX_VALUE;
  }

  boolean borrowFailed() {
    return borrowed == 0 && error != null;
  }

  boolean queryFailed() {
    return borrowed != 0 && error != null;
  }

  /** Time inside {@code getConnection}, up to now if it has not returned. */
  long borrowNanos(long now) {
    return (borrowed != 0 ? borrowed : Math.min(ended, now)) - began;
  }
}
