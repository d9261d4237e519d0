package dev.tidepool.conformance;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;

/** Ways back from what a connection made: they end at the very objects the user has. */
@NullUnmarked // drivers answer null
final class BackReferences {
  static final Area AREA =
      Area.of(
          "back references",
          Probe.of("statements", BackReferences::statements),
          Probe.of("result sets", BackReferences::resultSets),
          Probe.of("metadata", BackReferences::metaData),
          Probe.of("result sets of metadata", BackReferences::metaDataResults),
          Probe.of("after close", BackReferences::afterClose));

  private BackReferences() {}

  private static void statements(Subject on) {
    Connection c = on.connection;
    on.note("connection", c);
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.get("getConnection", () -> s.getConnection());
    PreparedStatement p = on.get("prepareStatement", () -> c.prepareStatement("select 1"));
    on.get("getConnection", () -> p.getConnection());
    CallableStatement call = on.get("prepareCall", () -> c.prepareCall("{call x()}"));
    on.get("getConnection", () -> call.getConnection());
    on.get("equals", () -> c.equals(s.getConnection()));
    on.get("equals", () -> s.equals(p));
  }

  private static void resultSets(Subject on) throws SQLException {
    Connection c = on.connection;
    String query = "select id, name from " + on.shells();
    on.note("connection", c);
    Statement s = on.get("createStatement", () -> c.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("getStatement", () -> rows.getStatement());
    on.get("getStatement().getConnection", () -> rows.getStatement().getConnection());
    on.get("getResultSet", () -> s.getResultSet());
    PreparedStatement p = on.get("prepareStatement", () -> c.prepareStatement(query));
    ResultSet prepared = on.get("executeQuery", () -> p.executeQuery());
    on.get("getStatement", () -> prepared.getStatement());
    on.get("execute", () -> p.execute());
    ResultSet got = on.get("getResultSet", () -> p.getResultSet());
    on.get("getStatement", () -> got.getStatement());
    Statement scrolling = on.get("createStatement", () -> c.createStatement(1004, 1008));
    ResultSet updatable = on.get("executeQuery", () -> scrolling.executeQuery(query));
    on.get("getStatement", () -> updatable.getStatement());
    on.get("next", () -> updatable.next());
    on.run("updateString", () -> updatable.updateString(2, "x"));
    on.run("updateRow", () -> updatable.updateRow());
    on.get("getStatement", () -> updatable.getStatement());
  }

  private static void metaData(Subject on) {
    Connection c = on.connection;
    on.note("connection", c);
    DatabaseMetaData data = on.get("getMetaData", () -> c.getMetaData());
    on.get("getConnection", () -> data.getConnection());
    on.get("getURL", () -> data.getURL());
    on.get("getUserName", () -> data.getUserName());
    on.get("getDriverName", () -> data.getDriverName());
    on.get("getDatabaseProductName", () -> data.getDatabaseProductName());
    on.get("getJDBCMajorVersion", () -> data.getJDBCMajorVersion());
    on.get("isReadOnly", () -> data.isReadOnly());
    on.get("supportsSavepoints", () -> data.supportsSavepoints());
    on.get("supportsResultSetType", () -> data.supportsResultSetType(1005));
  }

  private static void metaDataResults(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.note("connection", c);
    DatabaseMetaData data = on.get("getMetaData", () -> c.getMetaData());
    ResultSet tables = on.get("getTables", () -> data.getTables(null, null, table, null));
    way(on, tables);
    on.get("next", () -> tables.next());
    on.get("TABLE_NAME", () -> tables.getString("TABLE_NAME"));
    on.run("close", () -> tables.close());
    ResultSet columns = on.get("getColumns", () -> data.getColumns(null, null, table, null));
    way(on, columns);
    on.get("next", () -> columns.next());
    on.get("COLUMN_NAME", () -> columns.getString("COLUMN_NAME"));
    Statement maker = on.get("getStatement", () -> columns.getStatement());
    on.run("close of the maker", () -> maker.close());
    on.get("isClosed", () -> columns.isClosed());
    way(on, on.get("getTypeInfo", () -> data.getTypeInfo()));
    way(on, on.get("getSchemas", () -> data.getSchemas()));
    way(on, on.get("getCatalogs", () -> data.getCatalogs()));
    way(on, on.get("getPrimaryKeys", () -> data.getPrimaryKeys(null, null, table)));
    way(on, on.get("getTableTypes", () -> data.getTableTypes()));
  }

  private static void way(Subject on, ResultSet rows) {
    Statement maker = on.get("getStatement", () -> rows.getStatement());
    if (maker != null) {
      on.get("getConnection", () -> maker.getConnection());
      on.get("the same again", () -> rows.getStatement());
    }
  }

  private static void afterClose(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Connection c = on.connection;
    on.note("connection", c);
    Statement s = on.get("createStatement", () -> c.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.run("close", () -> s.close());
    on.get("isClosed", () -> rows.isClosed());
    on.get("getStatement", () -> rows.getStatement());
    on.get("getConnection", () -> s.getConnection());
    on.get("getResultSet", () -> s.getResultSet());
    on.run("close again", () -> rows.close());
  }
}
