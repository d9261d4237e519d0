package dev.tidepool.internal.jdbc;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.LocalRefusal;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells drivers that want to know where one borrower's work begins and ends; Oracle's Application
 * Continuity replays only what lies between. A hint: an error in it concerns nobody but the log,
 * unless it means that the session is over.
 */
public final class RequestBoundaries {
  private static final Logger LOG = LoggerFactory.getLogger(RequestBoundaries.class);

  private RequestBoundaries() {}

  /**
   * For the engine, before it hands a connection out; a call of the driver, if {@link
   * PhysicalConnection#requestBoundaries} says so, else nothing.
   *
   * @return false if the session turned out to be over; the connection is doomed then
   */
  public static boolean begin(Lender lender, Entry entry) {
    return !entry.physical().requestBoundaries()
        || tell(lender, entry, "beginRequest", Connection::beginRequest);
  }

  /** Whether the connection can be lent again. */
  static boolean end(Lender lender, Entry entry) {
    return tell(lender, entry, "endRequest", Connection::endRequest);
  }

  private static boolean tell(Lender lender, Entry entry, String what, Hint hint) {
    try {
      hint.give(entry.physical().connection());
      return true;
    } catch (SQLException e) {
      LOG.debug(
          "{}: {} of connection #{} failed",
          lender.poolName(),
          what,
          entry.id(),
          SafeErrors.clean(e));
      return !isOver(lender, entry, e);
    } catch (RuntimeException e) {
      LOG.debug(
          "{}: {} of connection #{} failed",
          lender.poolName(),
          what,
          entry.id(),
          SafeErrors.clean(e));
      boolean refused = LocalRefusal.is(e);
      if (!refused) { // the driver may be in the middle of an exchange
        lender.doom(entry, RetireReason.FATAL_ERROR, e);
      }
      return refused;
    }
  }

  private interface Hint {
    void give(Connection connection) throws SQLException;
  }

  private static boolean isOver(Lender lender, Entry entry, SQLException error) {
    try {
      return lender.judge(entry, error, false);
    } catch (RuntimeException | Error e) { // of the user's classifier
      LOG.warn(
          "{}: an error of the driver could not be judged", lender.poolName(), SafeErrors.clean(e));
      return false;
    }
  }
}
