package dev.tidepool.conformance;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;

/** Result sets that change rows. */
@NullUnmarked // drivers answer null
final class Cursors {
  static final Area AREA =
      Area.of(
          "updatable result sets",
          Probe.of("update, insert, delete", Cursors::changes),
          Probe.of("given up", Cursors::givenUp),
          Probe.of("inside a transaction", Cursors::inTransaction),
          Probe.of("of a join", Cursors::ofAJoin),
          Probe.of("types", Cursors::types));

  private Cursors() {}

  private static Statement updatable(Subject on) {
    return on.get(
        "createStatement",
        () ->
            on.connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE));
  }

  private static void changes(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " order by id";
    Statement s = updatable(on);
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("getConcurrency", () -> rows.getConcurrency());
    on.get("next", () -> rows.next());
    on.run("updateString", () -> rows.updateString("name", "changed"));
    on.run("updateRow", () -> rows.updateRow());
    on.get("rowUpdated", () -> rows.rowUpdated());
    on.get("getString", () -> rows.getString(2));
    on.run("refreshRow", () -> rows.refreshRow());
    on.run("moveToInsertRow", () -> rows.moveToInsertRow());
    on.run("updateInt", () -> rows.updateInt(1, 9));
    on.run("updateObject", () -> rows.updateObject(2, "nine"));
    on.run("insertRow", () -> rows.insertRow());
    on.get("rowInserted", () -> rows.rowInserted());
    on.run("moveToCurrentRow", () -> rows.moveToCurrentRow());
    on.get("absolute", () -> rows.absolute(2));
    on.run("deleteRow", () -> rows.deleteRow());
    on.get("rowDeleted", () -> rows.rowDeleted());
    on.get("getInt", () -> rows.getInt(1));
    on.run("close", () -> rows.close());
    on.observe("names", "select max(name) from " + on.name("shell"));
    on.query("rows", query);
  }

  private static void givenUp(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " order by id";
    Statement s = updatable(on);
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.run("updateString before the first row", () -> rows.updateString(2, "x"));
    on.get("next", () -> rows.next());
    on.run("updateString", () -> rows.updateString(2, "x"));
    on.run("cancelRowUpdates", () -> rows.cancelRowUpdates());
    on.get("getString", () -> rows.getString(2));
    on.run("updateNull", () -> rows.updateNull(1));
    on.run("updateRow", () -> rows.updateRow());
    on.run("cancelRowUpdates", () -> rows.cancelRowUpdates());
    on.run("insertRow outside the insert row", () -> rows.insertRow());
    on.run("moveToInsertRow", () -> rows.moveToInsertRow());
    on.run("deleteRow on it", () -> rows.deleteRow());
    on.run("updateRow on it", () -> rows.updateRow());
    on.run("updateInt", () -> rows.updateInt(1, 1));
    on.run("insertRow of a duplicate", () -> rows.insertRow());
    on.run("moveToCurrentRow", () -> rows.moveToCurrentRow());
    on.run("updateString of an unknown column", () -> rows.updateString("nobody", "x"));
    on.query("rows", query);
  }

  private static void inTransaction(Subject on) throws SQLException {
    Connection c = on.connection;
    String query = "select id, name from " + on.shells() + " order by id";
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    Statement s = updatable(on);
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("next", () -> rows.next());
    on.run("updateString", () -> rows.updateString(2, "changed"));
    on.run("updateRow", () -> rows.updateRow());
    on.observe("for others", "select max(name) from " + on.name("shell"));
    on.run("rollback", () -> c.rollback());
    on.get("getString", () -> rows.getString(2));
    on.run("updateRow", () -> rows.updateRow());
    on.query("rows", query);
  }

  private static void ofAJoin(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = updatable(on);
    ResultSet rows =
        on.get(
            "executeQuery",
            () -> s.executeQuery("select count(*) as n, max(name) as m from " + table));
    on.get("getConcurrency", () -> rows.getConcurrency());
    on.get("getWarnings", () -> rows.getWarnings());
    on.get("next", () -> rows.next());
    on.run("updateString", () -> rows.updateString(2, "x"));
    on.run("updateRow", () -> rows.updateRow());
  }

  private static void types(Subject on) throws SQLException {
    String blob = on.database == Database.POSTGRES ? "bytea" : "blob";
    String table =
        on.table("typed", "id int primary key, t varchar(90), b " + blob, "1, null, null");
    Statement s = updatable(on);
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery("select id, t, b from " + table));
    on.get("next", () -> rows.next());
    on.run("updateCharacterStream", () -> rows.updateCharacterStream(2, new StringReader("text")));
    on.run(
        "updateAsciiStream",
        () -> rows.updateAsciiStream(2, new ByteArrayInputStream(new byte[] {65}), 1));
    on.run("updateNString", () -> rows.updateNString(2, "n"));
    on.run("updateBytes", () -> rows.updateBytes(3, new byte[] {1, 2}));
    on.run(
        "updateBinaryStream",
        () -> rows.updateBinaryStream(3, new ByteArrayInputStream(new byte[] {3, 4}), 2));
    on.run("updateBlob", () -> rows.updateBlob(3, new ByteArrayInputStream(new byte[] {5}), 1));
    on.run("updateClob", () -> rows.updateClob(2, new StringReader("clob"), 4));
    on.run("updateRow", () -> rows.updateRow());
    on.query("rows", "select id, t from " + table);
  }
}
