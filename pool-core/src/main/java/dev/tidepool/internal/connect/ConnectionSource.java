package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens physical connections. Safe for use by several threads.
 *
 * <p>Made by {@link ConnectionSources}, which resolves driver, class or name once, in the user's
 * thread.
 */
@FunctionalInterface
public interface ConnectionSource {
  /**
   * Connects, logs in and prepares, on the calling thread; may block until {@code attempt} is cut
   * off, and longer where the driver's socket cannot be reached. Whatever fails after the driver
   * gave a connection closes that connection, unless it is one that has been opened before and is
   * not {@link #closing} yet: that is left alone, and the call fails.
   *
   * @throws SQLException if there is no usable connection, or the attempt was given up
   */
  PhysicalConnection open(ConnectAttempt attempt) throws SQLException;

  /**
   * How long the server lets a session be idle, as learned from the first connection and again from
   * the first after a failure; null if it sets no limit, does not say, or was not asked.
   */
  default @Nullable Duration idleLimit() {
    return null;
  }

  /** The DataSource that it opens them by, however that was named; null if a driver does it. */
  default @Nullable DataSource dataSource() {
    return null;
  }

  /** The driver is about to be asked to close what it opened: it may hand the object out again. */
  default void closing(Connection connection) {}

  /** The server may be another now: the next connection asks it again. */
  default void forget() {}
}
