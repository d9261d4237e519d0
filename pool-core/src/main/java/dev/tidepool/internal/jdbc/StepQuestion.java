package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.ServerStatus;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A question whose answer the pool knows. Nobody else can find out that a driver takes each answer
 * for that to the question before: it would go on so for all later borrowers. See {@link
 * ServerStatus#mayLoseStep}.
 */
final class StepQuestion {
  private StepQuestion() {}

  /**
   * Whether it must be asked.
   *
   * @param flags what the borrower has done, as bits of {@link Dirty}
   */
  static boolean isDue(ServerStatus status, Connection connection, int flags) throws SQLException {
    return status.mayLoseStep()
        && (status.hasLeftResults() || mayHaveFailedBesideStream(connection, flags));
  }

  /** Whether something has failed, or may have, and rows were fetched little by little. */
  static boolean mayHaveFailedBesideStream(Connection connection, int flags) throws SQLException {
    return (flags & Dirty.MAY_HAVE_FAILED) != 0 && mayHaveStreamed(connection, flags);
  }

  /** A new statement shows what is the default, by a parameter of the URL. */
  private static boolean mayHaveStreamed(Connection connection, int flags) throws SQLException {
    if ((flags & Dirty.STREAMED) != 0) {
      return true;
    }
    try (Statement statement = connection.createStatement()) {
      return statement.getFetchSize() != 0;
    }
  }

  /** Fails if the answer is another, or if a statement before it has failed and nobody heard. */
  static void ask(Connection connection) throws SQLException {
    int asked = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(0); // see ServerStatus.known
      ResultSet answer = statement.executeQuery("SELECT " + asked);
      if (!answer.next() || answer.getInt(1) != asked) {
        throw new SQLException("the driver has lost step with its server after a failure");
      }
    }
  }
}
