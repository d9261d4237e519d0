package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.exchange.SlotState;

/**
 * What is to be done about one connection now, and when to look again.
 *
 * @param action what to do
 * @param dueIn nanoseconds until the next look could find something else; {@link #NEVER} if time
 *     alone changes nothing
 */
record Verdict(Action action, long dueIn) {
  static final long NEVER = Long.MAX_VALUE;

  enum Action {
    KEEP,
    /** Idle and quiet for too long: ask the server for a sign of life. */
    PING,
    /** Idle and its time is almost up: it may go as soon as another has taken its place. */
    REPLACE,
    /** Its time is up: retire it, on return if it is lent. */
    EXPIRE,
    /** Idle and borrowed often enough. */
    WEAR_OUT,
    /** Idle and unused for so long that it may go if more than the minimum are idle. */
    TRIM,
    /** Lent for so long that somebody should know. */
    REPORT_LEAK,
    /** Lent for so long that it is taken back. */
    RECLAIM
  }

  /** Judges one connection; a pure function of what was seen, the limits and the time. */
  static Verdict of(Look look, Limits limits, long now) {
    return switch (look.state()) {
      case IDLE -> ofIdle(look, limits, now);
      case IN_USE, DOOMED -> ofLent(look, limits, now);
      case CHECKING, RETURNING, RETIRED -> new Verdict(Action.KEEP, NEVER);
    };
  }

  private static Verdict ofIdle(Look look, Limits limits, long now) {
    if (limits.maxUses() > 0 && look.uses() >= limits.maxUses()) {
      return new Verdict(Action.WEAR_OUT, NEVER);
    }
    long due = NEVER;
    if (limits.maxLifetime() > 0) {
      long left = limits.expiresAt(look.openedAt(), look.lifetimeSpread()) - now;
      if (left <= 0) {
        return new Verdict(Action.EXPIRE, NEVER);
      }
      if (left <= limits.replaceAhead()) {
        return new Verdict(Action.REPLACE, left);
      }
      due = left - limits.replaceAhead();
    }
    if (limits.idleTimeout() > 0) {
      long left = look.idleSince() + limits.idleTimeout() - now;
      if (left <= 0) {
        return new Verdict(Action.TRIM, untilPing(look, limits, now));
      }
      due = Math.min(due, left);
    }
    long ping = untilPing(look, limits, now);
    return ping <= 0
        ? new Verdict(Action.PING, NEVER)
        : new Verdict(Action.KEEP, Math.min(due, ping));
  }

  /** Time until the next ping, not positive if it is due. */
  static long untilPing(Look look, Limits limits, long now) {
    return limits.keepaliveTime() == 0
        ? NEVER
        : limits.pingAt(look.lastTraffic(), look.pingSpread()) - now;
  }

  private static Verdict ofLent(Look look, Limits limits, long now) {
    long due = NEVER;
    if (limits.leakThreshold() > 0 && !look.leakReported()) {
      long left = look.borrowedAt() + limits.leakThreshold() - now;
      if (left <= 0) {
        return new Verdict(Action.REPORT_LEAK, NEVER);
      }
      due = left;
    }
    if (limits.maxBorrow() > 0) {
      long left = look.borrowedAt() + limits.maxBorrow() - now;
      if (left <= 0) {
        return new Verdict(Action.RECLAIM, NEVER);
      }
      due = Math.min(due, left);
    }
    if (look.state() == SlotState.IN_USE && limits.maxLifetime() > 0) {
      long left = limits.expiresAt(look.openedAt(), look.lifetimeSpread()) - now;
      if (left <= 0) {
        return new Verdict(Action.EXPIRE, NEVER);
      }
      due = Math.min(due, left);
    }
    return new Verdict(Action.KEEP, due);
  }
}
