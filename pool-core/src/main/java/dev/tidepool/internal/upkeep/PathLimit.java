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
 * It is forgotten after an hour.
 *
 * <p>A restart, a failover or an administrator ends connections of any age: what dies within a
 * second of a failed connect, or with a message that says so, is not counted. Safe for use by
 * several threads.
 */
final class PathLimit {
  private static final int ENOUGH = 3;
  private static final long BURST_NANOS = 1_000_000_000L;

  /** Shorter silences are not an idle timer's work; and nobody wants to ping at half of less. */
  private static final long SHORTEST_NANOS = 1_000_000_000L;

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
  private @Nullable Duration limit;
  private long learnedAt;
  private boolean changed;

  /** A connection was found dead after a silence. */
  synchronized void died(long silence, long now) {
    take(now);
    if (silence >= SHORTEST_NANOS && !isDisturbed(now)) {
      shortest = open ? Math.min(shortest, silence) : silence;
      openedAt = open ? openedAt : now;
      open = true;
    }
  }

  /** A connection was found alive after a silence. */
  synchronized void survived(long silence) {
    if (open && silence >= shortest) {
      open = false;
    }
    if (silence >= deadly) {
      observed = 0;
      deadly = Long.MAX_VALUE;
    }
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
    if (limit != null && now - learnedAt >= FORGET_NANOS) {
      limit = null;
      observed = 0;
      deadly = Long.MAX_VALUE;
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
    deadly = Math.min(deadly, shortest);
    if (observed >= ENOUGH && (limit == null || limit.toNanos() > deadly)) {
      limit = Duration.ofNanos(deadly);
      learnedAt = now;
      changed = true;
    }
  }

  /** What was learned so far, or null. */
  synchronized @Nullable Duration limit() {
    return limit;
  }

  private boolean isDisturbed(long now) {
    return disturbed && now - disturbedAt < BURST_NANOS;
  }
}
