package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.connect.PhysicalConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/** Asks one connection for a sign of life. */
@FunctionalInterface
public interface Probe {
  /**
   * What the server answered; blocks as long as the driver does.
   *
   * @throws SQLException if the answer was an error: the connection is dead
   */
  Verdict ask(PhysicalConnection connection, Duration timeout, Question question)
      throws SQLException;

  /**
   * Every session of the server, as {@link PhysicalConnection#session} names them; empty if it does
   * not say.
   */
  default Set<String> sessions(PhysicalConnection connection) throws SQLException {
    return Set.of();
  }

  /** What a connection is asked. */
  enum Question {
    /** A heartbeat: whether it lives, and whether the server has the required role. */
    PING,
    /** Whether it can be handed out. */
    VALIDATION,
    /** Whether the server takes writes; asked under the deadline of a heartbeat. */
    WRITABLE
  }
}
