package dev.tidepool.internal.inventory;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failed connects: 100 ms, doubling up to 5 s, or up to 800 ms while
 * somebody waits for a connection; each shortened by up to half at random, so that many pools do
 * not come back at the same moment. After a login that was refused it is up to 5 s whoever waits:
 * the next one will hardly fare better, and may lock the account.
 *
 * <p>A session that logs in and dies before its first borrower gets hold of it is a failure, too.
 * After one, a login that succeeds says little: the pauses go on until a session has been lent, or
 * for as long as the longest of them. Not thread-safe.
 */
public final class Backoff {
  private static final long FIRST_NANOS = 100_000_000L;
  private static final long LONGEST_NANOS = 5_000_000_000L;
  private static final long LONGEST_AWAITED_NANOS = 800_000_000L;

  private int failures;

  /** How often the pause has been doubled. */
  private int doublings;

  /**
   * The same of the pause after refused logins. Counted apart: the first refusal after a long
   * outage may be that of a server which does not know its users yet.
   */
  private int doublingsOfRefusals;

  private boolean refused;

  /** Whether a session has come to nothing since the last success. */
  private boolean inVain;

  private long failedAt;
  private long delay;
  private long awaitedDelay;

  /** Nothing has failed yet. */
  public Backoff() {}

  /** Consecutive failures so far. */
  public int failures() {
    return failures;
  }

  /**
   * Whether the next attempt may start.
   *
   * @param awaited whether somebody waits for it
   */
  public boolean isOver(long now, boolean awaited) {
    return left(now, awaited) <= 0;
  }

  /** Nanoseconds until the next attempt may start; 0 or less if it may. */
  public long left(long now, boolean awaited) {
    return failures == 0 ? 0 : (awaited ? awaitedDelay : delay) - (now - failedAt);
  }

  /**
   * Notes a failure.
   *
   * @param loginRefused whether the same login would fail again
   */
  public void failed(long now, boolean loginRefused) {
    int before = loginRefused ? doublingsOfRefusals++ : doublings++;
    long full = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(before, 10));
    double share = 1 - 0.5 * ThreadLocalRandom.current().nextDouble();
    long longest = loginRefused ? LONGEST_NANOS : LONGEST_AWAITED_NANOS;
    failures++;
    refused = loginRefused;
    failedAt = now;
    delay = (long) (full * share);
    awaitedDelay = (long) (Math.min(full, longest) * share);
  }

  /** Notes that a session has died before its first borrower got hold of it. */
  void cameToNothing(long now) {
    failed(now, false);
    inVain = true;
  }

  /** Whether a session opened then was begun after the newest failure, and not beside it. */
  boolean isLater(long openedAt) {
    return failures == 0 || openedAt - failedAt >= awaitedDelay;
  }

  /** A login succeeded and proves nothing: nobody who does not wait needs another so soon. */
  void loggedInInVain() {
    delay = LONGEST_NANOS;
  }

  /** Whether a login that succeeds is a success. */
  boolean isEndedByLogin(long now) {
    return !inVain || now - failedAt >= LONGEST_NANOS;
  }

  /** The next login is not the one that was refused: it need not wait. */
  public void forgetRefusal() {
    doublingsOfRefusals = 0;
    if (refused) {
      delay = 0;
      awaitedDelay = 0;
    }
  }

  /** Time from the last failure to the next attempt. */
  long delay() {
    return delay;
  }

  /** The same while somebody waits. */
  long awaitedDelay() {
    return awaitedDelay;
  }

  /** Notes a success; returns how many failures it ended. */
  public int succeeded() {
    int ended = failures;
    failures = 0;
    doublings = 0;
    doublingsOfRefusals = 0;
    inVain = false;
    return ended;
  }
}
