package dev.tidepool.internal.exchange;

/** How the exchange reads time and puts threads to sleep; injected, so that tests need neither. */
public interface Parking {
  /** Exact monotonic time. */
  long nanoTime();

  /**
   * Parks the calling thread for at most {@code nanos}; may return early, for no reason, or on
   * interrupt.
   */
  void park(Object blocker, long nanos);

  /** Lets a parked thread, or its next park, return. */
  void unpark(Thread thread);
}
