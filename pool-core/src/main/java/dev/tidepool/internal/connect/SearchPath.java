package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL looks for names in several schemas, one after the other. JDBC knows the first only:
 * {@code setSchema} of what {@code getSchema} answered would leave the others out.
 *
 * @param schema the first schema of the path that exists, as {@code getSchema} answers
 * @param path the whole path, as it was set
 */
public record SearchPath(@Nullable String schema, String path) {
  private static final Logger log = LoggerFactory.getLogger(SearchPath.class);
  private static final String READ = "SELECT current_schema(), current_setting('search_path')";

  /**
   * The path in force, or null if the database has none. One round trip, in place of that of {@code
   * getSchema}.
   */
  static @Nullable SearchPath read(Connection connection, String poolName) {
    try {
      if (!isPostgresql(connection)) {
        return null;
      }
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(READ)) {
        String path = row.next() ? row.getString(2) : null;
        return path == null ? null : new SearchPath(row.getString(1), path);
      }
    } catch (SQLException | RuntimeException e) {
      log.debug("{}: the server does not tell its search path", poolName, SafeErrors.clean(e));
      return null;
    }
  }

  private static boolean isPostgresql(Connection connection) throws SQLException {
    DatabaseMetaData data = connection.getMetaData();
    return data != null && "PostgreSQL".equals(data.getDatabaseProductName());
  }

  /** Sets a path that was read before; one round trip, as {@code setSchema}. */
  public static void restore(Connection connection, String path) throws SQLException {
    // Not prepared: the borrower may have discarded all that the driver thinks the server knows.
    try (Statement statement = connection.createStatement()) {
      String literal = statement.enquoteLiteral(path);
      statement.execute("SELECT set_config('search_path', " + literal + ", false)");
    }
  }
}
