package dev.tidepool.internal.inventory;

import dev.tidepool.api.PoolListener;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.Secrets;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What exists. Every connection is opened here once and closed here once, and {@code open +
 * connecting} never exceeds the maximum. A connect given up, or a connection retired, frees its
 * place at once; what the driver still does with it is counted as hung or closing, and bounded.
 */
public final class Inventory {
  /** Told about what changes, on whatever thread changed it; must not block. */
  public interface Owner {
    /**
     * A connection has arrived: in CHECKING, in the exchange, the owner's to pass on.
     *
     * @param took nanoseconds from the beginning of its connect
     */
    void arrived(Entry entry, long took);

    /** A connect failed or was given up; {@link #changed} follows. */
    void failed(Throwable cause);

    /** A place became free, a connect failed, or it is time to try again. */
    void changed();
  }

  /**
   * Logins given up but still in the driver, and closes that do not end: beyond so many of either,
   * the pool opens nothing more until one of them returns. Each of them holds a thread.
   */
  static final int MAX_HUNG = 64;

  /** Between two lines about connects that fail. */
  private static final long REMINDER_NANOS = 30_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Inventory.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final ConnectionSource source;
  private final Closer closer;
  private final Exchange<Entry> exchange;
  private final EventQueue events;
  private final Counters counters;
  private final Owner owner;
  private final long connectTimeout;
  private final int connectConcurrency;
  private final AtomicLong ids = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  // guarded by lock
  private final Backoff backoff = new Backoff();
  private int maximum;
  private int open;
  private int connecting;

  /** Connects under way that take suspiciously long. */
  private int doubted;

  /** Counts failures, so that attempts begun before and after one can be told apart. */
  private int era;

  /** Connects under way that were begun since the last failure and are not in doubt. */
  private int inEra;

  /** When a failed connect was logged last. */
  private long toldAt;

  private int hung;
  private int closing;
  private boolean closed;

  private final Set<Opening> openings = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ConnectFailure lastFailure;
  private volatile @Nullable String tcpKeepAlive;
  private final AtomicInteger generation = new AtomicInteger(1);

  /** An empty inventory for the pool described by {@code parts}. */
  public Inventory(
      String poolName,
      PoolRuntime runtime,
      ConnectionSource source,
      Closer closer,
      Exchange<Entry> exchange,
      EventQueue events,
      Counters counters,
      Owner owner,
      Duration connectTimeout,
      int connectConcurrency,
      int maximum) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.source = source;
    this.closer = closer;
    this.exchange = exchange;
    this.events = events;
    this.counters = counters;
    this.owner = owner;
    this.connectTimeout = connectTimeout.toNanos();
    this.connectConcurrency = connectConcurrency;
    this.maximum = maximum;
  }

  // ---- opening

  /**
   * Starts up to {@code wanted} connects, as far as the limits and the backoff allow.
   *
   * @param awaited whether somebody waits for them, so that the backoff is short
   */
  public void connect(int wanted, boolean awaited) {
    for (int i = 0; i < wanted; i++) {
      Opening opening = new Opening(this, runtime, source, closer, connectTimeout);
      if (!takePlace(opening, awaited)) {
        return;
      }
      opening.start();
    }
  }

  private boolean takePlace(Opening opening, boolean awaited) {
    lock.lock();
    try {
      if (closed
          || open + connecting >= maximum
          || connecting >= connectConcurrency
          || hung >= MAX_HUNG
          || closing >= maximum + MAX_HUNG
          || isHeldBack(awaited)) {
        return false;
      }
      connecting++;
      opening.era = era;
      inEra++;
      openings.add(opening); // under the lock, or a close between would not see it
      return true;
    } finally {
      lock.unlock();
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

  /** Frees the place of an attempt that has ended one way or the other; under the lock. */
  private void leavePlace(Opening opening) {
    connecting--;
    if (opening.doubted) {
      doubted--;
    } else if (opening.era == era) {
      inEra--;
    }
  }

  /** A connect takes so long that another way should be tried for whoever waits for it. */
  void doubt(Opening opening) {
    lock.lock();
    try {
      if (openings.contains(opening)) {
        opening.doubted = true;
        doubted++;
        if (opening.era == era) {
          inEra--;
        }
      }
    } finally {
      lock.unlock();
    }
    owner.changed();
  }

  void opened(PhysicalConnection physical, Opening opening, long took) {
    Entry entry = new Entry(ids.incrementAndGet(), physical, runtime.nanoTime());
    int ended = 0;
    boolean late;
    boolean twice;
    lock.lock();
    try {
      late = closed;
      // Asked and added under one lock: two connects can be handed the same connection at the same
      // time.
      twice = isOpenAlready(physical);
      if (!twice) {
        exchange.add(entry);
        leavePlace(opening);
        ended = backoff.succeeded();
        open++;
      }
    } finally {
      lock.unlock();
    }
    if (twice) {
      failed(
          new SQLException(
              poolName
                  + ": the driver or DataSource handed out a connection that is already in the pool"),
          opening,
          took);
      return;
    }
    counters.opened.increment();
    tcpKeepAlive = physical.tcpKeepAlive();
    if (ended > 0) {
      log.info("{}: connected again after {} failed attempts", poolName, ended);
    }
    log.debug("{}: opened connection #{} in {} ms", poolName, entry.id(), took / 1_000_000);
    events.publish(l -> l.connectionOpened(entry.info(runtime.nanoTime()), Duration.ofNanos(took)));
    if (late) {
      if (entry.retireOwned()) {
        retire(entry, new Doom(RetireReason.POOL_CLOSED));
      }
    } else {
      owner.arrived(entry, took);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a driver's equals() may be anything
  private boolean isOpenAlready(PhysicalConnection physical) {
    boolean[] found = new boolean[1];
    exchange.forEach(e -> found[0] |= e.physical().connection() == physical.connection());
    return found[0];
  }

  void failed(Throwable cause, Opening opening, long took) {
    long now = runtime.nanoTime();
    long[] delays = {};
    int failures;
    boolean telling = false;
    boolean ending;
    lock.lock();
    try {
      ending = closed;
      // Connects that ran side by side fail side by side: together they are one failure.
      boolean news = opening.era == era;
      leavePlace(opening);
      if (news && !ending) {
        backoff.failed(now);
        delays = new long[] {backoff.awaitedDelay(), backoff.delay()};
        era++;
        inEra = 0;
      }
      failures = backoff.failures();
      if (news && (failures == 1 || now - toldAt >= REMINDER_NANOS)) {
        telling = true;
        toldAt = now;
      }
    } finally {
      lock.unlock();
    }
    if (ending) {
      owner.changed();
      return;
    }
    // In this order: whoever sees the count, such as a start that waits for it, finds the reason.
    lastFailure = new ConnectFailure(cause, now);
    counters.connectFailures.increment();
    if (telling) {
      // On a worker: this may be the timer thread, which must not wait for a log that blocks.
      runtime.execute(() -> logFailure(cause, failures));
    }
    events.publish(l -> l.connectFailed(cause, Duration.ofNanos(took)));
    for (long delay : delays) {
      runtime.schedule(owner::changed, delay);
    }
    owner.failed(cause);
    owner.changed();
  }

  private void logFailure(Throwable cause, int failures) {
    String text = Secrets.mask(cause.toString());
    log.warn("{}: cannot connect (attempt {}): {}", poolName, failures, text);
    log.debug("{}: cannot connect", poolName, cause);
  }

  void ended(Opening opening) {
    openings.remove(opening);
  }

  void hung() {
    lock.lock();
    try {
      hung++;
    } finally {
      lock.unlock();
    }
  }

  /** A login given up has returned after all. */
  void hungReturned() {
    lock.lock();
    try {
      hung--;
    } finally {
      lock.unlock();
    }
    owner.changed();
  }

  /** Closes a connection that arrived after its connect was given up. */
  void closeLate(PhysicalConnection physical) {
    log.debug("{}: closing a connection that arrived after connectTimeout", poolName);
    closer.close(physical);
  }

  // ---- closing

  /** Closes a connection whose slot the caller has moved to RETIRED. Its place is free at once. */
  public void retire(Entry entry, Doom doom) {
    retire(entry, doom, doom.isDead());
  }

  /** The same, but cut off instead of closed politely if {@code dead}. */
  public void retire(Entry entry, Doom doom, boolean dead) {
    exchange.remove(entry);
    lock.lock();
    try {
      open--;
      closing++;
    } finally {
      lock.unlock();
    }
    counters.borrowsOfRetired.add(entry.uses());
    counters.retired(doom.reason());
    log.debug("{}: retiring connection #{}: {}", poolName, entry.id(), doom.reason(), doom.cause());
    publishRetired(entry, doom);
    new Closing(this, runtime, closer, entry.physical(), dead).start();
    owner.changed();
  }

  private void publishRetired(Entry entry, Doom doom) {
    events.publish(
        (PoolListener l) ->
            l.connectionRetired(entry.info(runtime.nanoTime()), doom.reason(), doom.cause()));
  }

  void closed() {
    counters.closed.increment();
    lock.lock();
    try {
      closing--;
    } finally {
      lock.unlock();
    }
    owner.changed();
  }

  /** Opens nothing more, and gives up the connects under way. */
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    for (Opening opening : openings) {
      opening.giveUp("the pool was closed");
    }
  }

  // ---- looking

  /** Changes the limit for connects from now on; retiring what is too many is the caller's. */
  public void setMaximum(int value) {
    lock.lock();
    try {
      maximum = value;
    } finally {
      lock.unlock();
    }
  }

  /** A consistent snapshot of the counts. */
  public Counts counts() {
    lock.lock();
    try {
      return new Counts(maximum, open, connecting, doubted, hung, closing);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is open, being opened or being closed. */
  public boolean isEmpty() {
    Counts counts = counts();
    return counts.open() == 0 && counts.connecting() == 0 && counts.closing() == 0;
  }

  /** Number of the present generation, from 1. */
  public int generation() {
    return generation.get();
  }

  /**
   * What was opened so far is dead; what is opened from now on belongs to the next generation, and
   * what the server said of itself is asked anew.
   *
   * @return number of the generation that ended
   */
  public int nextGeneration() {
    source.forget();
    return generation.getAndIncrement();
  }

  /** Whether the newest connect failed. */
  public boolean isFailing() {
    lock.lock();
    try {
      return backoff.failures() > 0;
    } finally {
      lock.unlock();
    }
  }

  /** The newest failed connect, or null. */
  public @Nullable ConnectFailure lastFailure() {
    return lastFailure;
  }

  /** What is known of TCP keepalive on the newest connection; null if there is no socket. */
  public @Nullable String tcpKeepAlive() {
    return tcpKeepAlive;
  }

  /**
   * How many connections are in which stage; {@code open + connecting <= maximum} unless the
   * maximum was lowered.
   */
  public record Counts(int maximum, int open, int connecting, int doubted, int hung, int closing) {
    /** Connects that will likely yield a connection soon. */
    public int promising() {
      return connecting - doubted;
    }

    /** Whether another connection may be opened. */
    public boolean hasRoom() {
      return open + connecting < maximum;
    }
  }
}
