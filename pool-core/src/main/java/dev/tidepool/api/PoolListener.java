package dev.tidepool.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a pool. Every method does nothing by default.
 *
 * <p>Events of one pool are delivered one at a time and in order, on a thread of the pool that
 * serves nothing else, so a slow listener delays only other listeners of its pool. If more than
 * 1,024 events wait, newer ones are dropped and counted in {@link PoolStats#eventsDropped()}. What
 * a listener throws is logged and changes nothing.
 */
public interface PoolListener {
  /**
   * A physical connection was opened and is ready for use, {@code took} after the attempt began.
   */
  default void connectionOpened(ConnectionInfo connection, Duration took) {}

  /** An attempt to open a connection failed or was given up after {@code took}. */
  default void connectFailed(Throwable cause, Duration took) {}

  /**
   * A connection was taken out of service; it is being closed.
   *
   * @param cause the error that showed it dead or useless; null if there was none, as when an
   *     answer did not come in time or a limit was reached. Where the driver's {@code isValid} said
   *     no without a reason, as pgjdbc's and MariaDB's do, it is an exception of the pool's that
   *     says so
   */
  default void connectionRetired(
      ConnectionInfo connection, RetireReason reason, @Nullable Throwable cause) {}

  /** A heartbeat ended; {@code alive} tells whether the connection stays. */
  default void pinged(ConnectionInfo connection, Duration took, boolean alive) {}

  /**
   * A check has not been answered within {@code hedgeAfter}: whoever waits for this connection gets
   * another one, whichever comes first. The check goes on until its own deadline.
   */
  default void answerLate(ConnectionInfo connection) {}

  /**
   * Something arrived on a connection that nobody uses: the end, which is followed by {@link
   * #connectionRetired}, or something else, which is followed by {@link #pinged}.
   */
  default void idleNews(ConnectionInfo connection) {}

  /** A borrower gave up after {@code waited}. */
  default void acquireTimedOut(Duration waited) {}

  /** A connection has been out for longer than {@code leakDetectionThreshold}. */
  default void leakSuspected(ConnectionInfo connection, String holder, Duration held) {}

  /** A connection reported by {@link #leakSuspected} came back after all. */
  default void leakReturned(ConnectionInfo connection, Duration held) {}

  /**
   * The pool changed its mind about the database.
   *
   * @param cause the error that made it do so, or null
   */
  default void healthChanged(Health from, Health to, @Nullable Throwable cause) {}

  /**
   * Connections opened so far are dead while new ones work: {@code idle} of them were retired at
   * once, those in use are retired when they come back unless they prove to be alive.
   *
   * @param generation number of the generation that ended
   */
  default void generationRetired(int generation, int idle) {}

  /**
   * The server says that it ends sessions that are idle for {@code limit}; pings come in time for
   * it from now on, unless {@code keepaliveTime} is 0.
   */
  default void serverIdleLimitLearned(Duration limit) {}

  /**
   * Something on the way to the server ends connections that are silent for {@code limit}; pings
   * come in time for it from now on.
   */
  default void pathIdleLimitLearned(Duration limit) {}

  /**
   * What {@link #pathIdleLimitLearned} told is no longer assumed, because connections were silent
   * for clearly longer and lived, or because it has not shown itself for an hour; pings come as
   * configured from now on. Learning goes on, and may find a longer limit.
   */
  default void pathIdleLimitDropped(Duration limit) {}

  /** The pool changed its state. */
  default void stateChanged(PoolState from, PoolState to) {}
}
