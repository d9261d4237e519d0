package dev.tidepool.bench.faults.model;

import java.util.Locale;

/** What the callers do when the fault comes. */
public enum Load {
  /** Nothing for two seconds; they begin once the fault is in. */
  IDLE,
  /** Short queries, before, during and after. */
  BUSY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
