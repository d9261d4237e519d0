package dev.tidepool.internal.connect;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a login that the server refused, for its user, password or account: the same login
 * will be refused again, and each counts towards the lock of the account.
 */
public final class LoginRefusal {
  /** How many errors of a chain are looked at; it may be long, or a ring. */
  private static final int MOST = 32;

  /** Invalid authorization: PostgreSQL, MariaDB, MySQL, H2, Db2, jTDS. */
  private static final String STATE_CLASS = "28";

  /**
   * Oracle, in a message that begins with {@code ORA-}, as its states (72000, 99999) say nothing:
   * null password, invalid user or password, no right to log in, account locked, password expired.
   */
  private static final Set<Integer> ORACLE = Set.of(1005, 1017, 1045, 28000, 28001);

  /**
   * SQL Server, beside a state of its driver's making: untrusted, failed, disabled, locked,
   * password expired, password to be changed.
   */
  private static final Set<Integer> SQL_SERVER = Set.of(18452, 18456, 18470, 18486, 18487, 18488);

  /**
   * MariaDB and MySQL, beside SQLSTATE HY000: password expired, account locked, blocked after too
   * many wrong passwords.
   */
  private static final Set<Integer> MYSQL = Set.of(1862, 3118, 3955, 4150, 4151);

  /** The second with {@code xopenStates=true}. */
  private static final Pattern SQL_SERVER_STATE = Pattern.compile("S\\d{4,5}|08001");

  private LoginRefusal() {}

  /** Has the class loaded while there is memory: where that fails later, it does so for good. */
  public static void load() {}

  /**
   * Whether the error, or one below it, says that the login was refused. Throws nothing: what
   * drivers' errors do when they are asked, or want of memory, must not cost a connect its place.
   */
  public static boolean is(@Nullable Throwable error) {
    try {
      Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      return walk(error, seen);
    } catch (RuntimeException | Error e) {
      return false; // as any other failure
    }
  }

  /** Along the chain of next exceptions, and down the causes of each. */
  private static boolean walk(@Nullable Throwable error, Set<Throwable> seen) {
    Throwable part = error;
    while (part != null && seen.size() < MOST && seen.add(part)) {
      if (part instanceof SQLException sql && (isRefusal(sql) || walk(next(sql), seen))) {
        return true;
      }
      part = part.getCause();
    }
    return false;
  }

  /**
   * Not what SQL Server says after its first error: the reason comes first, and where it is that
   * the database is not there yet (4060), "login failed" follows all the same.
   */
  private static @Nullable SQLException next(SQLException error) {
    boolean isSqlServer = SQL_SERVER_STATE.matcher(String.valueOf(error.getSQLState())).matches();
    return isSqlServer && error.getErrorCode() != 0 ? null : error.getNextException();
  }

  private static boolean isRefusal(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    int code = error.getErrorCode();
    return error instanceof SQLInvalidAuthorizationSpecException
        || state.startsWith(STATE_CLASS)
        || (MYSQL.contains(code) && state.equals("HY000"))
        || (SQL_SERVER.contains(code) && SQL_SERVER_STATE.matcher(state).matches())
        || (ORACLE.contains(code) && String.valueOf(error.getMessage()).startsWith("ORA-"));
  }
}
