package dev.tidepool.api;

import java.sql.Connection;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The operations of a pool beyond lending connections. {@code dataSource.unwrap(Tidepool.class)}
 * finds it through proxies. All methods may be called from any thread at any time; after {@link
 * #close()} they do nothing.
 */
public interface Tidepool extends AutoCloseable {
  /** Name of the pool, as in logs, JMX and exceptions. */
  String getPoolName();

  /** A snapshot of figures and counters; cheap enough for every second, not for every borrow. */
  PoolStats stats();

  /** Adds a listener; it hears events from now on. */
  void addListener(PoolListener listener);

  /** Removes a listener; unknown ones are ignored. */
  void removeListener(PoolListener listener);

  /**
   * Holds all further borrowers back until {@link #resume()} or until their {@code
   * connectionTimeout} ends. Returns at once; connections in use are not touched.
   *
   * <p>While the pool is suspended no connect begins; one that is under way goes on, and {@link
   * #evict()} covers it. A pool that is suspended before its start, or during it, starts without a
   * connection, whatever {@code initializationFailTimeout} says: it first connects after {@link
   * #resume()}, and whether that works shows in the log and to borrowers.
   */
  void suspend();

  /** Lets borrowers through again. */
  void resume();

  /** Whether the pool is suspended. */
  boolean isSuspended();

  /**
   * Retires every connection opened until now: idle ones at once, those in use when they come back,
   * those that are being opened when they arrive. New ones take their place as needed, in a
   * suspended pool after {@link #resume()}.
   */
  void evict();

  /**
   * Retires the connection behind a borrowed {@code connection} when it comes back. Does nothing if
   * the borrower has given it back already, or it was taken from him.
   *
   * @throws IllegalArgumentException if it was never borrowed from this pool
   */
  void evict(Connection connection);

  /**
   * Suspends the pool, retires every connection and waits until the last one is closed, for example
   * before a checkpoint or a planned failover. {@link #resume()} starts lending again; until then
   * nothing is opened, also if the pool has yet to be started, see {@link #suspend()}.
   *
   * @param timeout how long to wait for borrowers to return theirs; below zero as zero
   * @return whether no connection is left, nor a login that was given up and may still end with a
   *     session; on false the pool stays suspended and goes on retiring what comes back, unless it
   *     was resumed meanwhile, which ends the wait, as does the end of {@link #close()}
   * @throws InterruptedException if interrupted while waiting
   */
  default boolean drain(Duration timeout) throws InterruptedException {
    return drain(timeout, stats -> {});
  }

  /**
   * As {@link #drain(Duration)}, and tells how far it has come.
   *
   * @param progress hears the figures at the beginning and whenever fewer or more connections are
   *     left, on the calling thread; what it throws ends the wait
   */
  boolean drain(Duration timeout, Consumer<? super PoolStats> progress) throws InterruptedException;

  /**
   * Starts the pool if need be and waits until at least {@code minimumIdle} connections are open,
   * for example for a readiness probe. For a moment after a start that failed, up to 5 s, it does
   * not try again and returns false at once.
   *
   * @param timeout how long to wait; below zero as zero
   * @return whether they were there in time
   * @throws InterruptedException if interrupted while waiting
   */
  boolean prefill(Duration timeout) throws InterruptedException;

  /** Whether {@link #close()} was called. */
  boolean isClosed();

  /**
   * Closes the pool: borrowers who wait are woken with an error, idle connections are closed, those
   * in use are aborted. Returns within about ten seconds even if the driver hangs; a second call
   * does nothing. To let borrowers finish first, {@link #drain(Duration)} before.
   */
  @Override
  void close();
}
