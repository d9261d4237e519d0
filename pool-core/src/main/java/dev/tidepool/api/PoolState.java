package dev.tidepool.api;

/** What a pool is doing as a whole. */
public enum PoolState {
  /** Not used yet; it starts with the first connection asked for. */
  NEW,
  /** Lending connections. */
  RUNNING,
  /** Holding borrowers back until {@link Tidepool#resume()}; their time runs on. */
  SUSPENDED,
  /** Closed for good. */
  CLOSED
}
