package dev.tidepool.internal.connect;

import dev.tidepool.config.Secrets;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;

/** Names the property behind an error that a setting of the user's brought about. */
final class WrongSetting {
  /** PostgreSQL: canceled, as by its statement_timeout. */
  private static final String CANCELED = "57014";

  private WrongSetting() {}

  /** What a setting has done to the session. */
  interface Step {
    /** Does it. */
    void run() throws SQLException;
  }

  /**
   * Does what a property asks for.
   *
   * @throws SQLException as {@link #named} has it, if that fails
   */
  static void apply(String poolName, String property, Object value, Step step) throws SQLException {
    try {
      step.run();
    } catch (SQLException e) {
      throw named(poolName, property, value, "is refused by the database or its driver", e);
    }
  }

  /**
   * The error with the property in front and the same SQLSTATE and vendor code; the error itself
   * where the setting need not be to blame: the session is over, or a server that is slow has
   * refused nothing.
   */
  static SQLException named(
      String poolName, String property, Object value, String what, SQLException error) {
    SQLException e = SafeErrors.clean(error, Secrets.inValue(property, value.toString()));
    boolean slow = error instanceof SQLTimeoutException || CANCELED.equals(e.getSQLState());
    if (slow || DefaultFailureClassifier.endsSession(error)) {
      return e;
    }
    return new SQLNonTransientConnectionException(
        poolName
            + ": "
            + property
            + "="
            + Secrets.maskValue(property, value.toString())
            + " "
            + what
            + "; correct it, or remove it",
        e.getSQLState(),
        e.getErrorCode(),
        e);
  }
}
