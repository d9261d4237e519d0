package dev.tidepool.internal.inventory;

import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * The places of a pool: who has one, and whether another connect may begin. All of it is guarded by
 * one lock that is never held while anything blocks.
 */
final class Places {
  /**
   * Logins given up but still in the driver, and closes that do not end: beyond so many closes the
   * pool opens nothing more until one of them returns, beyond so many logins it goes on slowly.
   * Each of them holds a thread.
   */
  static final int MAX_HUNG = 64;

  /** Hung logins beyond which it goes on slowly even while others succeed. */
  private static final int MOST_HUNG = 4 * MAX_HUNG;

  /**
   * Where a login cannot be cut off it may never return, though the database is back: so one more
   * is tried now and then.
   */
  private static final long BEYOND_NANOS = 30_000_000_000L;

  /**
   * What became of a connection that was opened.
   *
   * @param closed the pool was closed meanwhile
   * @param surplus the maximum was lowered meanwhile, and there is one too many
   * @param ended how many failures in a row it ended
   */
  record Arrival(boolean closed, boolean surplus, int ended) {}

  /**
   * What became of a connect that failed.
   *
   * @param closed the pool was closed meanwhile, and nothing was counted
   * @param news whether it is more than the echo of one that ran beside it
   * @param failures how many have failed in a row
   * @param delays when, in nanoseconds from now, the next attempt may be possible
   */
  record Failure(boolean closed, boolean news, int failures, List<Long> delays) {}

  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Object lock = new Object();
  // guarded by lock
  private final Backoff backoff = new Backoff();
  private int connectConcurrency;
  private int maximum;
  private int open;
  private int connecting;

  /** Being closed in peace, and not for so long that their place is another's. */
  private int leaving;

  /** Written under the lock, after each change of the four before it. */
  private volatile boolean room;

  /** Connects under way that take suspiciously long. */
  private int doubted;

  /** Opened, and neither handed out nor idle yet. */
  private int arriving;

  /** Counts failures, so that attempts begun before and after one can be told apart. */
  private int era;

  /** Connects under way that were begun since the last failure and are not in doubt. */
  private int inEra;

  private int hung;

  /** When so many logins hung, or another was begun all the same. */
  private long beyondAt;

  private int closing;
  private boolean closed;

  /**
   * Connects under way. A list, as to take one out needs no memory, and to put one in fails before
   * anything has changed.
   */
  private final List<Opening> openings = new ArrayList<>();

  Places(PoolRuntime runtime, Exchange<Entry> exchange, int connectConcurrency, int maximum) {
    this.runtime = runtime;
    this.exchange = exchange;
    this.connectConcurrency = connectConcurrency;
    this.maximum = maximum;
    noteRoom();
  }

  // ---- connects

  /**
   * Takes a place for a connect, as far as the limits and the backoff allow.
   *
   * @param awaited whether somebody waits for it, so that the backoff is short
   */
  boolean take(Opening opening, boolean awaited) {
    synchronized (lock) {
      if (closed
          || open + connecting + leaving >= maximum
          || connecting >= connectConcurrency
          || isStuck()
          || closing >= maximum + MAX_HUNG
          || isHeldBack(awaited)) {
        return false;
      }
      openings.add(opening);
      connecting++;
      noteRoom();
      opening.era = era;
      inEra++;
      if (hung >= MAX_HUNG) {
        beyondAt = runtime.nanoTime();
      }
      return true;
    }
  }

  /**
   * After a failure one attempt at a time feels its way, so that a database that comes back is not
   * stormed. Only attempts begun since then count, and only until they are in doubt: the others may
   * hang until their timeout.
   */
  private boolean isHeldBack(boolean awaited) {
    return backoff.failures() > 0 && (inEra > 0 || !backoff.isOver(runtime.nanoTime(), awaited));
  }

  /** A connect that succeeds shows that what hangs is of the past, or of one server of several. */
  private boolean isStuck() {
    return hung >= MAX_HUNG
        && (backoff.failures() > 0 || hung >= MOST_HUNG)
        && runtime.nanoTime() - beyondAt < BEYOND_NANOS;
  }

  private void noteRoom() {
    room = open + connecting + leaving < maximum;
  }

  /** Frees the place of an attempt that has ended one way or the other, once; under the lock. */
  private void leave(Opening opening) {
    if (opening.left) {
      return;
    }
    opening.left = true;
    connecting--;
    noteRoom();
    if (opening.doubted) {
      doubted--;
    } else if (opening.era == era) {
      inEra--;
    }
  }

  /** A connect takes so long that it should not be counted on. */
  void doubt(Opening opening) {
    synchronized (lock) {
      if (openings.contains(opening)) {
        opening.doubted = true;
        doubted++;
        if (opening.era == era) {
          inEra--;
        }
      }
    }
  }

  /** Gives the place of a connect back as if it had not been taken. */
  void neverBegan(Opening opening) {
    synchronized (lock) {
      openings.remove(opening);
      leave(opening);
    }
  }

  /** A connect is decided; it can be given up no more. */
  void ended(Opening opening) {
    synchronized (lock) {
      openings.remove(opening);
    }
  }

  /** Frees the place of a connect that nobody works on any more; false if it was free before. */
  boolean over(Opening opening) {
    synchronized (lock) {
      boolean kept = !opening.left;
      openings.remove(opening);
      leave(opening);
      return kept;
    }
  }

  /**
   * Puts a connection that was opened in the place of its connect, and into the exchange. Until
   * {@link #arrived} it counts as promised, or another would be opened for who waits for it.
   */
  Arrival opened(Entry entry, Opening opening) {
    synchronized (lock) {
      // First what needs memory: afterwards nothing may fail half way.
      boolean success = backoff.isEndedByLogin(entry.openedAt());
      Arrival arrival = new Arrival(closed, open >= maximum, success ? backoff.failures() : 0);
      exchange.add(entry);
      open++;
      arriving++;
      leave(opening);
      if (success) {
        backoff.succeeded();
      } else {
        backoff.loggedInInVain();
      }
      return arrival;
    }
  }

  /** A connection that was opened can be had by everybody, or is gone. */
  void arrived() {
    synchronized (lock) {
      arriving--;
    }
  }

  /**
   * Frees the place of a connect that failed.
   *
   * @param refused whether it failed for its credentials
   */
  Failure failed(Opening opening, long now, boolean refused) {
    synchronized (lock) {
      // Connects that ran side by side fail side by side: together they are one failure.
      boolean news = opening.era == era;
      List<Long> delays = new ArrayList<>();
      if (hung >= MAX_HUNG) {
        delays.add(BEYOND_NANOS);
      }
      if (news && !closed) {
        backoff.failed(now, refused);
        if (refused && opening.isOutdated()) {
          backoff.forgetRefusal(); // who has the new ones need not wait
        }
        pause(delays);
      }
      Failure failure = new Failure(closed, news, backoff.failures(), delays);
      leave(opening); // last: where memory ends before, over() finds it kept, and says so
      return failure;
    }
  }

  /** From now on one attempt at a time, after a while; under the lock. */
  private void pause(List<Long> delays) {
    delays.add(backoff.awaitedDelay());
    delays.add(backoff.delay());
    era++;
    inEra = 0;
  }

  /** See {@link Inventory#cameToNothing}. */
  Failure cameToNothing(Entry entry, long now) {
    synchronized (lock) {
      boolean news = backoff.isLater(entry.openedAt());
      List<Long> delays = new ArrayList<>();
      if (news && !closed) {
        backoff.cameToNothing(now);
        pause(delays);
      }
      return new Failure(closed, news, backoff.failures(), delays);
    }
  }

  /** See {@link Inventory#proved}; returns how many failures it ended. */
  int proved() {
    synchronized (lock) {
      return backoff.succeeded();
    }
  }

  /** A login was given up, or one given up has returned after all. */
  void hung(int change) {
    synchronized (lock) {
      hung += change;
      if (change > 0 && hung == MAX_HUNG) {
        beyondAt = runtime.nanoTime();
      }
    }
  }

  // ---- closes

  /**
   * A connection is about to be closed.
   *
   * @param stays whether it has its place until {@link #left}
   * @return false if that was known already
   */
  boolean retired(Entry entry, boolean stays) {
    synchronized (lock) {
      if (entry.gone) {
        return false;
      }
      entry.gone = true;
      open--;
      closing++;
      if (stays) {
        leaving++;
        entry.leaving = true;
      }
      noteRoom();
      return true;
    }
  }

  /** The place of a connection that is being closed is free, if it was not before. */
  void left(Entry entry) {
    synchronized (lock) {
      leave(entry);
    }
  }

  private void leave(Entry entry) {
    if (entry.leaving) {
      entry.leaving = false;
      leaving--;
      noteRoom();
    }
  }

  /** A close has ended. */
  void closed(Entry entry) {
    synchronized (lock) {
      closing--;
      leave(entry);
    }
  }

  /** Gives out no more places; returns the connects under way. */
  List<Opening> close() {
    synchronized (lock) {
      closed = true;
      return new ArrayList<>(openings);
    }
  }

  /** Whether no more places are given out. */
  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** Logins from now on have other credentials. */
  void forgetRefusal() {
    synchronized (lock) {
      backoff.forgetRefusal();
    }
  }

  // ---- looking

  void setLimits(int newMaximum, int newConcurrency) {
    synchronized (lock) {
      maximum = newMaximum;
      connectConcurrency = newConcurrency;
      noteRoom();
    }
  }

  /**
   * Whether another connection may be opened, without taking the lock. If it is false just before a
   * place becomes free, whoever frees it looks for waiters afterwards.
   */
  boolean hasRoom() {
    return room;
  }

  /** A consistent snapshot. */
  Counts counts() {
    synchronized (lock) {
      return new Counts(maximum, open, connecting, doubted, arriving, hung, closing, leaving);
    }
  }

  /** Whether the newest connect failed. */
  boolean isFailing() {
    synchronized (lock) {
      return backoff.failures() > 0;
    }
  }
}
