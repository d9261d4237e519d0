package dev.tidepool.internal.upkeep;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Learns how long a connection may be silent before something on the way to the server, a proxy or
 * a firewall, ends it. Such devices cannot be asked; but what they end has one thing in common:
 * none that was silent for longer has survived.
 *
 * <p>Deaths within a second of each other are one observation, as a device ends at once what fell
 * silent at once. Three observations with no survivor in between that had been silent for as long
 * as the youngest of the dead make a limit: the shortest silence that was deadly. If connections
 * still die after they are pinged at half of that, the limit falls further, with each observation.
 * It is dropped when connections outlive it clearly, twice at different times with no further death
 * in between, and forgotten after an hour without another death; then learning begins anew, and
 * what it finds may be longer.
 *
 * <p>A restart, a failover or an administrator ends connections of any age. So a failed connect, a
 * death right after an exchange, or one with a message that says so is a disturbance: what is found
 * dead soon after, and was last heard of before, is not counted. The end of a generation counts
 * once at most, by the one that had been silent for the shortest time, however late the others are
 * found. Safe for use by several threads.
 */
final class PathLimit {
  private static final int ENOUGH = 3;
  private static final long BURST_NANOS = 1_000_000_000L;

  /** Shorter silences are not an idle timer's work; and nobody wants to ping at half of less. */
  static final long SHORTEST_NANOS = 1_000_000_000L;

  /** In place of a silence. */
  static final long NOBODY = Long.MAX_VALUE;

  /**
   * What a disturbance has killed is found by then: all are asked at once, each has its deadline.
   */
  private static final long AFTERMATH_NANOS = 10_000_000_000L;

  /** Survivors of a silence so much longer than the limit speak against it. */
  private static final double CLEARLY_LONGER = 1.2;

  private static final int ENOUGH_OUTLIVED = 2;

  /** A device may be gone or set right: after that time what was learned must show itself again. */
  private static final long FORGET_NANOS = 3_600_000_000_000L;

  /** Observations since the last survivor that speaks against them. */
  private int observed;

  /** The shortest silence among them. */
  private long deadly = Long.MAX_VALUE;

  // The observation that may still grow, and may still turn out to be no idle timer's work.
  private boolean open;
  private long openedAt;
  private long shortest;

  private boolean disturbed;
  private long disturbedAt;
  private boolean ended;
  private long endedAt;

  /** How often the limit was outlived since the last death that speaks for it, and when last. */
  private int outlived;

  private long outlivedAt;
  private @Nullable Duration limit;

  /** When the newest observation was taken, which speaks for the limit if there is one. */
  private long shownAt;

  private boolean changed;

  /** A connection was found dead after a silence. */
  synchronized void died(long silence, long now) {
    take(now);
    if (silence >= SHORTEST_NANOS
        && !isAftermath(disturbed, disturbedAt, silence, now)
        && !isAftermath(ended, endedAt, silence, now)) {
      shortest = open ? Math.min(shortest, silence) : silence;
      openedAt = open ? openedAt : now;
      open = true;
    }
  }

  /**
   * What was opened before then is dead, and the last of it to be heard of had been silent for so
   * long; {@link #NOBODY} if all were found one by one. What else of it is found dead later, or was
   * a little earlier, is part of the same observation.
   */
  synchronized void generationEnded(long youngest, long before, long now) {
    take(now);
    if (youngest < SHORTEST_NANOS) {
      disturbed(now);
    } else if (youngest != NOBODY
        && (open || !isAftermath(observed > 0, openedAt, youngest, now))) {
      died(youngest, now);
    }
    ended = true;
    endedAt = before;
  }

  /** A connection was found alive after a silence. */
  synchronized void survived(long silence, long now) {
    if (open && silence >= shortest) {
      open = false;
    }
    if (silence >= deadly) {
      observed = 0;
      deadly = Long.MAX_VALUE;
    }
    // Many at once are one observation: a device may have stood still along with everybody else.
    if (limit != null
        && silence >= limit.toNanos() * CLEARLY_LONGER
        && (outlived == 0 || now - outlivedAt >= BURST_NANOS)) {
      outlived++;
      outlivedAt = now;
      if (outlived == ENOUGH_OUTLIVED) {
        forget();
      }
    }
  }

  private void forget() {
    limit = null;
    observed = 0;
    outlived = 0;
    deadly = Long.MAX_VALUE;
    changed = true;
  }

  /** Connections die for another reason at present. */
  synchronized void disturbed(long now) {
    open = false;
    disturbed = true;
    disturbedAt = now;
  }

  /**
   * Takes the latest observation into account if it is complete; called now and then.
   *
   * @return whether the limit has changed since the last call
   */
  synchronized boolean settle(long now) {
    take(now);
    if (limit != null && now - shownAt >= FORGET_NANOS) {
      forget();
    }
    boolean news = changed;
    changed = false;
    return news;
  }

  private void take(long now) {
    if (!open || now - openedAt < BURST_NANOS) {
      return;
    }
    open = false;
    observed++;
    outlived = 0;
    deadly = Math.min(deadly, shortest);
    if (observed >= ENOUGH && (limit == null || limit.toNanos() > deadly)) {
      limit = Duration.ofNanos(deadly);
      changed = true;
    }
    shownAt = now;
  }

  /** What was learned so far, or null. */
  synchronized @Nullable Duration limit() {
    return limit;
  }

  /** Whether a death found now, after that silence, may be the work of what happened then. */
  private static boolean isAftermath(boolean happened, long then, long silence, long now) {
    long ago = now - then;
    return happened && ago < AFTERMATH_NANOS && silence > ago;
  }
}
