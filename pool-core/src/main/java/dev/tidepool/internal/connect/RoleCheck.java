package dev.tidepool.internal.connect;

import dev.tidepool.api.Role;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;

/** Asks a server whether it is a primary or a standby. */
final class RoleCheck {
  /**
   * The reset value is what the server, the database or the role configures; the current value
   * would tell of this session only, which a driver may have made read-only itself.
   */
  private static final String POSTGRESQL =
      "SELECT pg_is_in_recovery(), (SELECT reset_val FROM pg_settings WHERE name ="
          + " 'default_transaction_read_only') = 'on'";

  /** Not by {@code @@}, which fails for a variable that this server does not know. */
  private static final String MYSQL =
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'innodb_read_only')";

  private static final String ORACLE =
      "SELECT CASE SYS_CONTEXT('USERENV', 'DATABASE_ROLE') WHEN 'PHYSICAL STANDBY' THEN 1"
          + " WHEN 'LOGICAL STANDBY' THEN 1 ELSE 0 END FROM DUAL";

  private static final String SQL_SERVER =
      "SELECT CASE CONVERT(nvarchar(20), DATABASEPROPERTYEX(DB_NAME(), 'Updateability'))"
          + " WHEN 'READ_ONLY' THEN 1 ELSE 0 END";

  private static final Set<String> OFF = Set.of("off", "0", "false");

  private final String poolName;
  private final ConnectSettings.Session session;

  RoleCheck(String poolName, ConnectSettings.Session session) {
    this.poolName = poolName;
    this.session = session;
  }

  /** Whether anything is to be asked. */
  boolean needed() {
    return session.requiredRole() != Role.ANY;
  }

  /**
   * Fails unless the server has the required role.
   *
   * @throws WrongRoleException if it has the other
   */
  void require(Connection connection) throws SQLException {
    if (!holds(connection)) {
      throw new WrongRoleException(
          poolName
              + ": requiredRole="
              + session.requiredRole().name().toLowerCase(Locale.ROOT)
              + ", but the server "
              + (session.requiredRole() == Role.PRIMARY
                  ? "is a standby or read-only"
                  : "is not a standby")
              + "; connect to another host, or wait until the failover has ended");
    }
  }

  /** Whether the server takes writes at present; one round trip. */
  boolean takesWrites(Connection connection) throws SQLException {
    return has(connection, true);
  }

  /** Whether the server has the required role; one round trip, and none if any role will do. */
  boolean holds(Connection connection) throws SQLException {
    if (!needed()) {
      return true;
    }
    return has(connection, session.requiredRole() == Role.PRIMARY);
  }

  private boolean has(Connection connection, boolean primary) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product == null ? "" : product) {
      case "PostgreSQL" -> postgresql(connection, primary);
      case "MySQL", "MariaDB" -> mysqlReadOnly(connection) != primary;
      case "Oracle" -> refusesWrites(connection, ORACLE) != primary;
      case "Microsoft SQL Server" -> refusesWrites(connection, SQL_SERVER) != primary;
      default -> connection.isReadOnly() != primary;
    };
  }

  private static boolean refusesWrites(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1) == 1;
    }
  }

  /**
   * A primary that takes no writes is of no use to a pool that writes; only a server in recovery is
   * a standby.
   */
  private boolean postgresql(Connection connection, boolean primary) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(POSTGRESQL)) {
      row.next();
      boolean recovering = row.getBoolean(1);
      boolean refusesWrites = row.getBoolean(2) && !session.readOnly();
      return primary ? !recovering && !refusesWrites : recovering;
    }
  }

  private static boolean mysqlReadOnly(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(MYSQL)) {
      boolean readOnly = false;
      while (rows.next()) {
        readOnly |= !OFF.contains(rows.getString(2).toLowerCase(Locale.ROOT));
      }
      return readOnly;
    }
  }
}
