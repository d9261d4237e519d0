package dev.tidepool.internal.connect;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State of a session of PostgreSQL's, asked for all at once, where the driver would ask for each in
 * a round trip of its own; and one part of which JDBC does not know. PostgreSQL looks for names in
 * several schemas, one after the other, and {@code setSchema} of what {@code getSchema} answered
 * would leave out all but the first.
 *
 * @param schema the first schema of the path that exists, as {@code getSchema} answers
 * @param searchPath the whole path, as it was set
 * @param catalog as {@code getCatalog} answers
 * @param onlyReads whether a transaction may only read where nobody says so: {@code
 *     default_transaction_read_only}, which the driver's {@code setReadOnly(false)} turns off
 *     (readOnlyMode=always); false where the server does not tell
 * @param isolation of the next transaction, as {@code getTransactionIsolation} answers; null if the
 *     server has another name for it
 */
public record PostgresSession(
    @Nullable String schema,
    String searchPath,
    @Nullable String catalog,
    boolean onlyReads,
    @Nullable Integer isolation) {
  private static final Logger log = LoggerFactory.getLogger(PostgresSession.class);
  private static final String ONLY_READS = "default_transaction_read_only";
  private static final String READ =
      "SELECT current_schema(), current_setting('search_path'), current_database(),"
          + " current_setting('transaction_isolation')";

  private static final Map<String, Integer> ISOLATIONS =
      Map.of(
          "read uncommitted", Connection.TRANSACTION_READ_UNCOMMITTED,
          "read committed", Connection.TRANSACTION_READ_COMMITTED,
          "repeatable read", Connection.TRANSACTION_REPEATABLE_READ,
          "serializable", Connection.TRANSACTION_SERIALIZABLE);

  /** The state in force; null if the database is another, or does not tell. Under auto-commit. */
  static @Nullable PostgresSession read(Connection connection, String poolName) {
    try {
      if (!isPostgresql(connection)) {
        return null;
      }
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(READ)) {
        String path = row.next() ? row.getString(2) : null;
        return path == null
            ? null
            : new PostgresSession(
                row.getString(1),
                path,
                row.getString(3),
                onlyReads(connection),
                ISOLATIONS.get(String.valueOf(row.getString(4))));
      }
    } catch (SQLException | RuntimeException e) {
      log.debug(
          "{}: the server does not tell the state of its session", poolName, SafeErrors.clean(e));
      return null;
    }
  }

  private static boolean isPostgresql(Connection connection) throws SQLException {
    DatabaseMetaData data = connection.getMetaData();
    return data != null && "PostgreSQL".equals(data.getDatabaseProductName());
  }

  /** Sets the path again; one round trip, as {@code setSchema}. */
  public void restoreSearchPath(Connection connection) throws SQLException {
    restore(connection, "search_path", searchPath);
  }

  /** Has transactions only read again where nobody says so; under auto-commit. */
  public void restoreOnlyReads(Connection connection) throws SQLException {
    if (!onlyReads(connection)) {
      restore(connection, ONLY_READS, "on");
    }
  }

  /** Nothing is asked: servers tell of this by themselves, as of version 14. */
  private static boolean onlyReads(Connection connection) {
    try {
      Class<?> type = LiveStatus.type(connection, "org.postgresql.PGConnection");
      Method told = type.getMethod("getParameterStatus", String.class);
      return connection.isWrapperFor(type)
          && "on".equals(told.invoke(connection.unwrap(type), ONLY_READS));
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      return false; // another driver, an older one, or a wrapper that does not lead to it
    }
  }

  private static void restore(Connection connection, String name, String value)
      throws SQLException {
    // Not prepared: the borrower may have discarded all that the driver thinks the server knows.
    try (Statement statement = connection.createStatement()) {
      // E'': what a backslash means without is a setting, which enquoteLiteral does not know.
      String literal = "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
      statement.execute("SELECT set_config('" + name + "', " + literal + ", false)");
    }
  }
}
