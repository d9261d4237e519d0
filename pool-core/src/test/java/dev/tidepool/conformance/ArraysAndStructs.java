package dev.tidepool.conformance;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** Arrays, structured types, rows inside of values. */
@NullUnmarked // drivers answer null
final class ArraysAndStructs {
  static final Area AREA =
      Area.of(
          "arrays and structs",
          Probe.of("array made", ArraysAndStructs::made),
          Probe.of("array stored", ArraysAndStructs::stored).only(Database.H2, Database.POSTGRES),
          Probe.of("array as rows", ArraysAndStructs::asRows).only(Database.H2, Database.POSTGRES),
          Probe.of("struct", ArraysAndStructs::struct),
          Probe.of("type map", ArraysAndStructs::typeMap));

  private ArraysAndStructs() {}

  private static void made(Subject on) {
    Connection c = on.connection;
    Array ints = on.get("createArrayOf", () -> c.createArrayOf("integer", new Object[] {1, 2}));
    on.get("getArray", () -> ints.getArray());
    on.get("getArray(part)", () -> ints.getArray(2, 1));
    on.get("getBaseType", () -> ints.getBaseType());
    on.get("getBaseTypeName", () -> ints.getBaseTypeName());
    on.get("getArray(map)", () -> ints.getArray(Map.of()));
    on.run("free", () -> ints.free());
    on.get("getArray after free", () -> ints.getArray());
    on.get("of texts", () -> c.createArrayOf("varchar", new Object[] {"a", null}).getArray());
    on.get("of an unknown type", () -> c.createArrayOf("nobody", new Object[0]).getArray());
    on.get("of nothing", () -> c.createArrayOf("integer", null));
  }

  private static String withArrays(Subject on, String part) throws SQLException {
    return on.database == Database.H2
        ? on.table(part, "id int, a integer array", "1, array[3, 4, 5]")
        : on.table(part, "id int, a integer[]", "1, '{3,4,5}'");
  }

  private static void stored(Subject on) throws SQLException {
    String table = withArrays(on, "stored");
    Connection c = on.connection;
    PreparedStatement p =
        on.get("prepare", () -> c.prepareStatement("insert into " + table + " values (2, ?)"));
    on.run("setArray", () -> p.setArray(1, c.createArrayOf("integer", new Object[] {6, 7})));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setObject", () -> p.setObject(1, new Integer[] {8}));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select a from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      Array found = on.get("getArray", () -> rows.getArray(1));
      on.get("getArray", () -> found.getArray());
      on.get("getBaseTypeName", () -> found.getBaseTypeName());
      on.get("getString", () -> rows.getString("a"));
      on.kind("getObject", () -> rows.getObject(1));
      on.get("class", () -> rows.getArray(1).getClass().getName());
      on.get("getObject(type)", () -> rows.getObject(1, Integer[].class));
      // What was read is written again, as it is.
      on.run("setArray", () -> p.setArray(1, found));
      on.get("executeUpdate", () -> p.executeUpdate());
    }
    on.query("count", "select count(*) from " + table);
  }

  private static void asRows(Subject on) throws SQLException {
    String table = withArrays(on, "rows");
    ResultSet rows =
        on.get(
            "query", () -> on.connection.createStatement().executeQuery("select a from " + table));
    on.get("next", () -> rows.next());
    Array found = on.get("getArray", () -> rows.getArray(1));
    ResultSet elements = on.get("getResultSet", () -> found.getResultSet());
    on.get("elements", () -> Subject.rest(elements));
    on.get("part", () -> Subject.rest(found.getResultSet(2, 1)));
    on.get("getConnection", () -> connectionOf(elements.getStatement()));
    on.run("close", () -> elements.close());
    on.get("the result set lives", () -> rows.isClosed());
  }

  private static Connection connectionOf(Statement maker) throws SQLException {
    return maker == null ? null : maker.getConnection();
  }

  private static void struct(Subject on) throws SQLException {
    Connection c = on.connection;
    String type = on.name("point");
    if (on.database == Database.POSTGRES) {
      on.make("create type " + type + " as (x int, y text)", "drop type " + type);
    }
    Struct made = on.get("createStruct", () -> c.createStruct(type, new Object[] {1, "a"}));
    on.get("getSQLTypeName", () -> made.getSQLTypeName().length());
    on.get("getAttributes", () -> made.getAttributes());
    on.get("getAttributes(map)", () -> made.getAttributes(Map.of()));
    String row =
        switch (on.database) {
          case POSTGRES -> "select row(1, 'a')::" + type;
          case H2 -> "select row(1, 'a')";
          case MARIADB -> "select 1";
        };
    ResultSet rows = on.get("query", () -> c.createStatement().executeQuery(row));
    on.get("next", () -> rows.next());
    on.kind("getObject", () -> rows.getObject(1));
    on.get("getString", () -> rows.getString(1));
  }

  private static void typeMap(Subject on) {
    Connection c = on.connection;
    on.get("getTypeMap", () -> c.getTypeMap());
    on.run("setTypeMap", () -> c.setTypeMap(Map.of("point", String.class)));
    on.get("getTypeMap", () -> c.getTypeMap());
    on.run("setTypeMap(empty)", () -> c.setTypeMap(Map.of()));
    on.get("getTypeMap", () -> c.getTypeMap());
    on.run("setTypeMap(null)", () -> c.setTypeMap(null));
    on.get("getTypeMap", () -> c.getTypeMap());
  }
}
