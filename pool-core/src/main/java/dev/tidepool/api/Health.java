package dev.tidepool.api;

/** What a pool makes of its database, from what it saw of it last. */
public enum Health {
  /** Connections answer, as far as the pool knows. */
  UP,
  /**
   * A connection died, fell silent, or could not be opened: the idle ones are being asked, and a
   * new one is opened, to find out whether the others are dead too.
   */
  SUSPECT,
  /**
   * No connection answers and none can be opened. The pool goes on trying; borrowers wait for as
   * long as they may and then hear the reason of the newest failure.
   */
  DOWN
}
