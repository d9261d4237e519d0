package dev.tidepool.internal.connect;

import dev.tidepool.api.FailureClassifier;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.sql.BatchUpdateException;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Judges by SQLSTATE, vendor code and class. A mere timeout of a statement condemns nothing: the
 * session goes on.
 *
 * <p>Vendor codes are numbers that other vendors use for something else, so each counts only beside
 * a sign of its vendor.
 */
public final class DefaultFailureClassifier implements FailureClassifier {
  /** How many errors are looked at; a batch may have one for each of its rows. */
  private static final int MOST = 1_000;

  private static final Set<String> STATES =
      Set.of(
          LocalRefusal.STATE, // by a server: PostgreSQL's cached plan does not fit any more
          "01002", // disconnect error
          "25P03", // PostgreSQL: idle in transaction for too long
          "25P04", // PostgreSQL: transaction timeout
          "40504", // Db2: rolled back by a system error
          "55032", // Db2: stopped since the login
          "57P01", // PostgreSQL: terminated by the administrator
          "57P02", // PostgreSQL: crash of another session
          "57P03", // PostgreSQL: starting up or shutting down
          "57P04", // PostgreSQL: database dropped
          "57P05", // PostgreSQL: idle for too long
          "58009", // Db2: the protocol broke, and the conversation was ended
          "90067", // H2: connection broken
          "90098", // H2: database was closed
          "90121", // H2: database was closed by the shutdown of its process
          "JZ0C0", // Sybase: connection closed
          "JZ0C1"); // Sybase: connection closed by an I/O error

  /** Codes that HikariCP condemns whatever the vendor: Amazon Redshift, Oracle and others. */
  private static final Set<Integer> ANY_VENDOR = Set.of(500150, 2399, 1105);

  /** What ends or spoils one session, while the server and the way to it are well. */
  private static final Set<String> ONE_SESSION =
      Set.of(LocalRefusal.STATE, "25P03", "25P04", "57P05");

  /** What PostgreSQL passes on of a server that a statement wanted to reach through it. */
  private static final Set<String> FOREIGN = Set.of("08001", "08003", "08006");

  /** A write in a read-only transaction, which may be the server's default since a failover. */
  private static final String READ_ONLY = "25006";

  /** MySQL, beside SQLSTATE HY000: it closed an idle session. */
  private static final int MYSQL_IDLE = 4031;

  /**
   * MariaDB, beside SQLSTATE 70100: connection was killed (1317 there is a mere interrupted query).
   */
  private static final int MARIADB_KILLED = 1927;

  /** Oracle, in a message that begins with {@code ORA-}. */
  private static final Set<Integer> ORACLE =
      Set.of(
          28, 600, 1012, 1014, 1033, 1034, 1035, 1089, 1090, 1092, 1094, 2396, 2399, 3106, 3111,
          3113, 3114, 3135, 12152, 12153, 12160, 12170, 12537, 12547, 12570, 12571, 17002, 17008,
          17294, 17800, 18730);

  /**
   * Oracle's driver: a violated protocol. It closes the connection itself at all of these but those
   * of {@link #ORACLE_HARMLESS}, and leaves it unusable at 17447.
   */
  private static final int ORACLE_PROTOCOL_FIRST = 17401;

  private static final int ORACLE_PROTOCOL_LAST = 17453;
  private static final Set<Integer> ORACLE_HARMLESS =
      Set.of(17433, 17439, 17445, 17446, 17448, 17453);

  /** Oracle, perhaps below another error: opened for reading only, as a standby is. */
  private static final String ORACLE_READ_ONLY = "ORA-16000";

  /** Db2, in a message of its driver: what ran the session is gone, or the way to it. */
  private static final Set<Integer> DB2 =
      Set.of(906, 923, 924, 1015, 1034, 1224, 1229, 4499, 30080, 30081);

  private static final Pattern DB2_MESSAGE = Pattern.compile("DB2 SQL |\\[(?:jcc|ibm)]\\[");

  /**
   * SQL Server, beside a state of its driver's making: the session is in the kill state, the server
   * shuts down; and the ways in which Azure ends a session.
   */
  private static final Set<Integer> SQL_SERVER =
      Set.of(596, 6002, 6005, 6006, 40197, 40549, 40550, 40551, 40552, 40553, 40613);

  /**
   * SQL Server, beside a state of its driver's making: a database that is read-only, or a replica
   * that is not the primary.
   */
  private static final Set<Integer> SQL_SERVER_READ_ONLY = Set.of(976, 978, 983, 3906);

  private static final Pattern SQL_SERVER_STATE = Pattern.compile("S\\d{4,5}");

  /** Makes a classifier; it has no state. */
  public DefaultFailureClassifier() {}

  @Override
  public Verdict classify(SQLException error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // there are rings
    Deque<Throwable> left = new ArrayDeque<>(List.of(error));
    while (!left.isEmpty() && seen.size() < MOST) {
      Throwable part = left.pop();
      if (seen.add(part)) {
        Verdict verdict = isNetwork(part) ? Verdict.RETIRE : Verdict.KEEP;
        verdict = part instanceof SQLException sql ? verdict(sql) : verdict;
        if (verdict != Verdict.KEEP) {
          return verdict;
        }
        addBelow(part, left);
      }
    }
    return Verdict.KEEP;
  }

  /**
   * Whether an error tells of a session that is over, and not of the statement that met with it. By
   * the standard rules only: those of a user may condemn a session for any statement that fails.
   */
  public static boolean endsSession(Throwable error) {
    return error instanceof SQLException sql
        && !Unsupported.is(sql)
        && new DefaultFailureClassifier().classify(sql) == Verdict.RETIRE;
  }

  /** Whether an error that condemns a session is a reason to doubt the others, too. */
  public static boolean concernsOthers(@Nullable Throwable error) {
    if (!(error instanceof SQLException sql)) {
      return false;
    }
    String state = String.valueOf(sql.getSQLState());
    boolean alone =
        ONE_SESSION.contains(state)
            || (state.equals("HY000") && sql.getErrorCode() == MYSQL_IDLE)
            || isRefusedByMysqlStream(sql)
            || BorrowersStream.failed(sql);
    return !alone && new DefaultFailureClassifier().classify(sql) == Verdict.RETIRE;
  }

  /** The next exception in front of the cause. */
  private static void addBelow(Throwable part, Deque<Throwable> left) {
    if (part.getCause() != null) {
      left.push(part.getCause());
    }
    if (part instanceof SQLException sql && sql.getNextException() != null) {
      left.push(sql.getNextException());
    }
  }

  /** Judges one exception by itself, without its chain and its causes but for a bare I/O error. */
  static Verdict verdict(SQLException error) {
    if (isFatal(error)) {
      return Verdict.RETIRE;
    }
    return isReadOnly(error) ? Verdict.WRONG_NODE : Verdict.KEEP;
  }

  private static boolean isReadOnly(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    int code = error.getErrorCode();
    return READ_ONLY.equals(state)
        || ("HY000".equals(state) && isMysqlReadOnly(code, error.getMessage()))
        || oracleMessage(error).contains(ORACLE_READ_ONLY)
        || (SQL_SERVER_READ_ONLY.contains(code) && SQL_SERVER_STATE.matcher(state).matches());
  }

  /** 1290 is said of other options, too; each names the one it means. */
  private static boolean isMysqlReadOnly(int code, @Nullable String message) {
    return code == 1836
        || (code == 1290 && message != null && message.replace('_', '-').contains("read-only"));
  }

  private static boolean isFatal(SQLException error) {
    if (LocalRefusal.is(error) || isRefusedClientInfo(error) || isOfForeignServer(error)) {
      return false;
    }
    String state = error.getSQLState();
    if (state == null || state.isEmpty()) {
      return isFatalClass(error)
          || ANY_VENDOR.contains(error.getErrorCode())
          || isDb2(error)
          || isOracle(error)
          || error.getCause() instanceof IOException;
    }
    return isFatalClass(error)
        || state.startsWith("08")
        || STATES.contains(state)
        || ANY_VENDOR.contains(error.getErrorCode())
        || isMysql(state, error.getErrorCode())
        || isRefusedByMysqlStream(error)
        || (SQL_SERVER.contains(error.getErrorCode()) && SQL_SERVER_STATE.matcher(state).matches())
        || isDb2(error)
        || isOracle(error);
  }

  /**
   * pgjdbc says so of several names that were set at once, whatever the server has said to each.
   */
  private static boolean isRefusedClientInfo(SQLException error) {
    return error instanceof SQLClientInfoException
        && LocalRefusal.STATE.equals(error.getSQLState());
  }

  /**
   * Of PostgreSQL's foreign tables and {@code dblink}: the session that tells of it goes on. pgjdbc
   * begins what the server said with its severity; what ends a session is {@code FATAL}.
   */
  private static boolean isOfForeignServer(SQLException error) {
    String message = error.getMessage();
    return message != null
        && FOREIGN.contains(String.valueOf(error.getSQLState()))
        && (message.startsWith("ERROR: ")
            || (error instanceof BatchUpdateException
                && message.contains(" was aborted: ERROR: ")));
  }

  private static boolean isFatalClass(SQLException error) {
    return error instanceof SQLNonTransientConnectionException
        || error instanceof SQLRecoverableException;
  }

  private static boolean isMysql(String state, int code) {
    return (state.equals("HY000") && code == MYSQL_IDLE)
        || (state.equals("70100") && code == MARIADB_KILLED);
  }

  /**
   * MySQL's driver refuses to send anything while a result is streamed, but notes before that what
   * it was to change for a statement, such as the limit of its rows: from then on it takes the
   * session for what it is not.
   */
  private static boolean isRefusedByMysqlStream(SQLException error) {
    String message = error.getMessage();
    return message != null
        && message.startsWith("Streaming result set com.mysql.")
        && message.contains(" is still active");
  }

  private static boolean isDb2(SQLException error) {
    String message = error.getMessage();
    return DB2.contains(Math.abs(error.getErrorCode()))
        && message != null
        && DB2_MESSAGE.matcher(message).lookingAt();
  }

  private static boolean isOracle(SQLException error) {
    int code = Math.abs(error.getErrorCode());
    boolean protocol =
        code >= ORACLE_PROTOCOL_FIRST
            && code <= ORACLE_PROTOCOL_LAST
            && !ORACLE_HARMLESS.contains(code);
    return !oracleMessage(error).isEmpty() && (protocol || ORACLE.contains(code));
  }

  /** Empty if it is not from Oracle. */
  private static String oracleMessage(SQLException error) {
    String message = error.getMessage();
    return message != null && message.startsWith("ORA-") ? message : "";
  }

  /** Not every I/O error: the user's own streams fail too, and the session survives that. */
  private static boolean isNetwork(Throwable cause) {
    return cause instanceof SocketException
        || cause instanceof ClosedChannelException
        || cause instanceof SSLException;
  }
}
