package dev.tidepool.internal.connect;

import dev.tidepool.api.FailureClassifier;
import dev.tidepool.config.SqlValues;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database whether a connection works, on the calling thread. Safe for use by several
 * threads, each with a connection that is its own for the time.
 *
 * <p>No driver keeps its deadline in every case: the caller has one of its own and cuts the
 * connection off after it.
 */
public final class Checks {
  /** What a check found. */
  public enum Verdict {
    /** It works. */
    ALIVE,
    /** It does not. */
    DEAD,
    /** It works, but the server no longer has the required role. */
    WRONG_ROLE
  }

  private final ConnectSettings.Session session;
  private final RoleCheck role;
  private final FailureClassifier classifier;

  /** Checks for the connections of one pool, with the standard rules for errors. */
  public Checks(String poolName, ConnectSettings.Session session) {
    this(poolName, session, new DefaultFailureClassifier());
  }

  /**
   * Checks for the connections of one pool.
   *
   * @param classifier after an error that it keeps a connection for, the question is put once more
   */
  public Checks(String poolName, ConnectSettings.Session session, FailureClassifier classifier) {
    this.session = session;
    this.role = new RoleCheck(poolName, session);
    this.classifier = classifier;
  }

  /** As {@link #isAlive(PhysicalConnection, Duration, String)}, with the configured test query. */
  public boolean isAlive(PhysicalConnection physical, Duration timeout) throws SQLException {
    return isAlive(physical, timeout, session.testQuery());
  }

  /**
   * Whether the database answers. Leaves no transaction open and the network timeout as it was, if
   * the answer is yes; after any other outcome the connection is to be retired.
   *
   * @param timeout that the caller keeps itself; the driver is given clearly more
   * @param query null for {@code isValid}
   * @throws SQLException if the connection is dead, and the driver says why
   */
  public boolean isAlive(PhysicalConnection physical, Duration timeout, @Nullable String query)
      throws SQLException {
    return bounded(physical, timeout, query, () -> answer(physical, timeout, query))
        == Verdict.ALIVE;
  }

  /**
   * As {@link #isAlive(PhysicalConnection, Duration, String)}, and asks for the role too if one is
   * required. The question for the role then replaces {@code isValid}; a query is run as well.
   */
  public Verdict ping(PhysicalConnection physical, Duration timeout, @Nullable String query)
      throws SQLException {
    return bounded(
        physical,
        timeout,
        query,
        () -> {
          if (!role.needed()) {
            return answer(physical, timeout, query);
          }
          Verdict verdict = query == null ? Verdict.ALIVE : answer(physical, timeout, query);
          return verdict == Verdict.ALIVE ? askRole(physical) : verdict;
        });
  }

  /** Whether a session that lists others sees this one, if it is there; by their names. */
  public static boolean sees(String lister, String session) {
    return ServerSessions.sameUser(lister, session);
  }

  /** Every session of the server, named as {@link PhysicalConnection#session} is. */
  public static Set<String> sessions(PhysicalConnection physical) throws SQLException {
    return ServerSessions.all(physical.connection());
  }

  /** Whether the database takes writes: {@code ALIVE} or {@code WRONG_ROLE}. */
  public Verdict askWritable(PhysicalConnection physical, Duration timeout) throws SQLException {
    return bounded(
        physical,
        timeout,
        null,
        () -> {
          boolean writable = role.takesWrites(physical.connection());
          endTransaction(physical);
          return writable ? Verdict.ALIVE : Verdict.WRONG_ROLE;
        });
  }

  /**
   * Runs a query once, as a check does, on a connection that is just being prepared; leaves the
   * network timeout as it was.
   *
   * @param limit the driver's own
   */
  static void tryOut(Connection connection, SessionDefaults defaults, Duration limit, String query)
      throws SQLException {
    try {
      limited(
          connection,
          defaults,
          limit,
          () -> {
            run(connection, defaults, limit, query);
            return Verdict.ALIVE;
          });
    } catch (SQLException e) {
      throw told(e, query);
    }
  }

  private interface Question {
    Verdict ask() throws SQLException;
  }

  /**
   * What the driver's own clock allows. The caller's deadline comes first, as only that one knows
   * when the whole process stood still, and ends the driver's call by closing the socket. Where it
   * cannot reach the socket, this limit gives the thread back.
   */
  private static Duration driversLimit(Duration timeout) {
    return timeout.multipliedBy(2).plusSeconds(1);
  }

  /** An error is judged as it is, and told without what the query says. */
  private Verdict bounded(
      PhysicalConnection physical, Duration timeout, @Nullable String query, Question question)
      throws SQLException {
    try {
      return askAgainIfOrdinary(physical, timeout, question);
    } catch (SQLException e) {
      throw query == null ? e : told(e, query);
    }
  }

  /** It goes to logs and events. */
  private static SQLException told(SQLException error, String query) {
    return SafeErrors.clean(error, SqlValues.in(query));
  }

  /**
   * Drivers that fail over by themselves tell of it in an error, the last of the old session, which
   * an override forgives: the new session works, or does not.
   */
  private Verdict askAgainIfOrdinary(
      PhysicalConnection physical, Duration timeout, Question question) throws SQLException {
    try {
      return askOnce(physical, timeout, question);
    } catch (SQLException e) {
      if (!isOrdinary(e)) {
        throw e;
      }
      endTransaction(physical); // in a failed one every question fails
      return askOnce(physical, timeout, question);
    }
  }

  private boolean isOrdinary(SQLException error) {
    try {
      return classifier.classify(error) == FailureClassifier.Verdict.KEEP;
    } catch (RuntimeException e) {
      error.addSuppressed(e); // the user's class is broken; the driver's error says more
      return false;
    }
  }

  private static Verdict askOnce(PhysicalConnection physical, Duration timeout, Question question)
      throws SQLException {
    return limited(physical.connection(), physical.defaults(), driversLimit(timeout), question);
  }

  /**
   * MariaDB and MySQL put {@code isValid}'s own limit in the place of this one, SQL Server knows
   * only this one.
   */
  private static Verdict limited(
      Connection connection, SessionDefaults defaults, Duration limit, Question question)
      throws SQLException {
    int before = defaults.networkTimeoutMillis();
    if (before == SessionDefaults.UNKNOWN) {
      return question.ask();
    }
    connection.setNetworkTimeout(Runnable::run, Durations.millis(limit));
    Verdict verdict = question.ask();
    if (verdict != Verdict.DEAD) {
      connection.setNetworkTimeout(Runnable::run, before);
    }
    return verdict;
  }

  private Verdict answer(PhysicalConnection physical, Duration timeout, @Nullable String query)
      throws SQLException {
    Connection connection = physical.connection();
    boolean alive = true;
    if (query == null) {
      alive = IsValid.ask(connection, Durations.wholeSeconds(driversLimit(timeout)));
    } else {
      run(connection, physical.defaults(), driversLimit(timeout), query);
    }
    ServerStatus status = physical.status();
    if (alive && status != null && status.isReplaced()) {
      return Verdict.DEAD; // the session that was prepared; this one was not
    }
    if (alive && (query != null || session.isolateInternalQueries())) {
      endTransaction(physical);
    }
    return alive ? Verdict.ALIVE : Verdict.DEAD;
  }

  private static void run(
      Connection connection, SessionDefaults defaults, Duration limit, String query)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (defaults.networkTimeoutMillis() == SessionDefaults.UNKNOWN) {
        setQueryTimeout(statement, limit);
      }
      statement.execute(query);
    }
  }

  /** Where the driver has neither kind of timeout, the caller's deadline is the only one. */
  private static void setQueryTimeout(Statement statement, Duration limit) throws SQLException {
    try {
      statement.setQueryTimeout(Durations.wholeSeconds(limit));
    } catch (SQLException | AbstractMethodError | UnsupportedOperationException e) {
      if (!Unsupported.is(e)) {
        throw e;
      }
    }
  }

  private Verdict askRole(PhysicalConnection physical) throws SQLException {
    boolean holds = role.holds(physical.connection());
    if (holds) {
      endTransaction(physical);
    }
    return holds ? Verdict.ALIVE : Verdict.WRONG_ROLE;
  }

  /** A transaction left open would be idle for as long as the connection is. */
  private static void endTransaction(PhysicalConnection physical) throws SQLException {
    if (!physical.defaults().autoCommit()) {
      physical.connection().rollback();
    }
  }
}
