package dev.tidepool.internal.exchange;

import java.util.EnumSet;
import java.util.Set;

/** The states of a slot, and which may follow which. */
public enum SlotState {
  /** In the bag; anyone may take it. */
  IDLE,
  /** Lent; the borrower with the current lease owns it. */
  IN_USE,
  /** The borrower gave it back; the returning thread still owns it, to reset or hand it over. */
  RETURNING,
  /**
   * Owned by the pool for a ping, a validation or the moment after opening; nobody can borrow it.
   */
  CHECKING,
  /** Lent, and to be retired when it comes back. */
  DOOMED,
  /** Out of service for good. */
  RETIRED;

  private static final SlotState[] VALUES = values();

  static SlotState of(long word) {
    return VALUES[(int) word & Slot.STATE_MASK];
  }

  /** The states that may follow this one. */
  public Set<SlotState> next() {
    return switch (this) {
      case IDLE -> EnumSet.of(IN_USE, CHECKING, RETIRED);
      case IN_USE -> EnumSet.of(IDLE, RETURNING, CHECKING, DOOMED, RETIRED);
      case RETURNING -> EnumSet.of(IDLE, IN_USE, CHECKING, DOOMED, RETIRED);
      case CHECKING -> EnumSet.of(IDLE, IN_USE, RETIRED);
      case DOOMED -> EnumSet.of(DOOMED, RETIRED); // the same again: on its way back
      case RETIRED -> EnumSet.noneOf(SlotState.class);
    };
  }
}
