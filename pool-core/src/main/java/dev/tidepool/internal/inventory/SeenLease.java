package dev.tidepool.internal.inventory;

/** For how long upkeep has seen one and the same lease. Only upkeep uses it, on one thread. */
final class SeenLease {
  private static final long LONGEST_STEP_NANOS = 2_000_000_000L;

  private long lease = -1;
  private long at;
  private long seenFor;

  /**
   * For how long {@code current}, a borrow or the return that ended the lease before, has been
   * seen; to be asked each second or more often. What lies further apart is a standstill of the
   * whole process, in which nobody could do anything.
   */
  long seenFor(long current, long now) {
    seenFor = lease == current ? seenFor + Math.min(now - at, LONGEST_STEP_NANOS) : 0;
    lease = current;
    at = now;
    return seenFor;
  }
}
