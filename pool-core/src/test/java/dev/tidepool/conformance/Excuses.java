package dev.tidepool.conformance;

import static dev.tidepool.conformance.Database.H2;
import static dev.tidepool.conformance.Database.MARIADB;
import static dev.tidepool.conformance.Database.POSTGRES;

import java.util.List;
import java.util.Set;

/** Where the pool does not do as the driver does, and why; each must be needed. */
final class Excuses {
  private static final Set<Database> ALL_DATABASES = Set.of(H2, POSTGRES, MARIADB);
  private static final Set<Database> WITH_ARRAYS = Set.of(H2, POSTGRES);

  private static final String NO_EXECUTOR =
      "JDBC has it throw an SQLException; the pool does so itself, as it aborts without the driver";
  private static final String OWN_ARRAYS =
      "an array is the driver's own object, as users cast it to the driver's class, and so are the"
          + " rows that it makes of itself";
  private static final String COPIES =
      "the pool hands out a copy: what is put into the driver's own would reach the next borrower;"
          + " a change takes effect with the setter, as JDBC has it";
  private static final String NEW_WRAPPERS =
      "each question for a cursor is answered with another object in front of the same cursor";

  static final List<Excuse> ALL =
      List.of(
          new Excuse(
              Set.of(H2),
              "abort",
              "isClosed|isValid",
              "Boolean (true|false)",
              "H2's abort does nothing; JDBC has it close the connection, and so does the pool"),
          new Excuse(
              ALL_DATABASES,
              "abort",
              "abort\\(null\\)",
              "!! java.sql.SQLException \\[HY009, 0\\]",
              NO_EXECUTOR),
          new Excuse(
              ALL_DATABASES,
              "Connection.abort(Executor)",
              "abort\\(Executor\\)",
              "!! java.sql.SQLException \\[HY009, 0\\]",
              NO_EXECUTOR),
          new Excuse(
              ALL_DATABASES,
              "isValid",
              "isValid\\(-1\\)",
              "!! java.sql.SQLException \\[HY024, 0\\]",
              "JDBC has it throw an SQLException; H2 does not, and a driver may take it for no limit"),
          new Excuse(
              WITH_ARRAYS,
              "array as rows",
              "getResultSet",
              "ResultSet#\\d LEAKED org\\.(h2|postgresql)\\..*",
              OWN_ARRAYS),
          new Excuse(
              WITH_ARRAYS,
              "Array",
              "getResultSet\\(.*\\)",
              "ResultSet LEAKED org\\.(h2|postgresql)\\..*",
              OWN_ARRAYS),
          new Excuse(
              Set.of(POSTGRES),
              "array as rows",
              "getConnection",
              "Connection#\\d LEAKED org\\.postgresql\\..*",
              OWN_ARRAYS),
          new Excuse(
              Set.of(POSTGRES),
              "cursor",
              "getObject\\(type\\)|query|getObject of a result set",
              "ResultSet#\\d",
              NEW_WRAPPERS),
          new Excuse(
              Set.of(MARIADB),
              "several names",
              "getClientInfo",
              "\\{ApplicationName=\"tide\".*",
              COPIES),
          new Excuse(Set.of(H2), "after: type map changed in place", "put", "done", COPIES),
          new Excuse(
              Set.of(H2),
              "after: type map changed and set",
              "put and set",
              "!! org.h2.jdbc.JdbcSQLFeatureNotSupportedException .*",
              COPIES),
          new Excuse(
              Set.of(MARIADB),
              "metadata",
              "getURL",
              ".*socketFactory=dev.tidepool.net.PoolSocketFactory.*",
              "the driver answers with the properties it was given, and the pool gives it some"));

  private Excuses() {}
}
