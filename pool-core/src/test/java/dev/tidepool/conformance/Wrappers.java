package dev.tidepool.conformance;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/**
 * unwrap and isWrapperFor. What counts is the class that comes out: for a type of JDBC the driver's
 * own object, never the pool's, as OpenTelemetry, for one, tells wrappers from drivers by that.
 */
@NullUnmarked // drivers answer null
final class Wrappers {
  private static final List<Class<?>> TYPES =
      List.of(
          Connection.class,
          Statement.class,
          PreparedStatement.class,
          CallableStatement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          ResultSetMetaData.class,
          ParameterMetaData.class,
          Wrapper.class,
          AutoCloseable.class,
          Object.class,
          String.class);

  static final Area AREA =
      Area.of(
          "unwrap",
          Probe.of("connection", on -> ask(on, on.connection)),
          Probe.of("statement", on -> ask(on, on.connection.createStatement())),
          Probe.of("prepared statement", on -> ask(on, on.connection.prepareStatement("select 1"))),
          Probe.of(
              "callable statement", on -> ask(on, on.connection.prepareCall(on.database.call()))),
          Probe.of(
              "result set",
              on -> ask(on, on.connection.createStatement().executeQuery("select 1"))),
          Probe.of("metadata", on -> ask(on, on.connection.getMetaData())),
          Probe.of("metadata of a result set", Wrappers::resultSetMetaData),
          Probe.of("metadata of parameters", Wrappers::parameterMetaData),
          Probe.of("closed", Wrappers::closed));

  private Wrappers() {}

  private static void ask(Subject on, Wrapper asked) throws SQLException {
    Class<?> driver = asked.unwrap(kind(asked)).getClass();
    on.note("class of the driver", driver.getName());
    on.get("isWrapperFor(its class)", () -> asked.isWrapperFor(driver));
    on.get("unwrap(its class)", () -> asked.unwrap(driver).getClass().getName());
    for (Class<?> type : TYPES) {
      String name = type.getSimpleName();
      on.get("isWrapperFor " + name, () -> asked.isWrapperFor(type));
      on.get("unwrap " + name, () -> asked.unwrap(type).getClass().getName());
    }
    on.get("isWrapperFor(null)", () -> asked.isWrapperFor(null));
    on.get("unwrap(null)", () -> asked.unwrap((Class<?>) null));
  }

  private static Class<?> kind(Wrapper asked) {
    return TYPES.stream().filter(type -> type.isInstance(asked)).findFirst().orElseThrow();
  }

  private static void resultSetMetaData(Subject on) throws SQLException {
    try (Statement s = on.connection.createStatement();
        ResultSet rows = s.executeQuery("select 1")) {
      ask(on, rows.getMetaData());
    }
  }

  private static void parameterMetaData(Subject on) throws SQLException {
    String query = "select name from " + on.shells() + " where id = ?";
    try (PreparedStatement p = on.connection.prepareStatement(query)) {
      ask(on, p.getParameterMetaData());
    }
  }

  private static void closed(Subject on) throws SQLException {
    Statement s = on.connection.createStatement();
    s.close();
    on.get("isWrapperFor", () -> s.isWrapperFor(Statement.class));
    on.get("unwrap", () -> s.unwrap(Statement.class).getClass().getName());
  }
}
