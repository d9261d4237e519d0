package dev.tidepool.conformance;

import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.RowSet;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.FilteredRowSet;
import javax.sql.rowset.JoinRowSet;
import javax.sql.rowset.Predicate;
import javax.sql.rowset.RowSetFactory;
import javax.sql.rowset.RowSetProvider;
import javax.sql.rowset.WebRowSet;
import org.jspecify.annotations.NullUnmarked;

/** The JDK's row sets on top of connection and result set. */
@NullUnmarked // drivers answer null
final class RowSets {
  static final Area AREA =
      Area.of(
          "row sets",
          Probe.of("filled from a result set", RowSets::populated),
          Probe.of("executed on the connection", RowSets::executed),
          Probe.of("changes sent back", RowSets::accepted),
          Probe.of("filtered, joined, as XML", RowSets::others));

  private RowSets() {}

  private static RowSetFactory factory() throws SQLException {
    return RowSetProvider.newFactory();
  }

  private static CachedRowSet cached(Subject on, String query) {
    CachedRowSet set = made();
    ResultSet rows =
        on.get("executeQuery", () -> on.connection.createStatement().executeQuery(query));
    on.run("populate", () -> set.populate(rows));
    on.run("close", () -> rows.close());
    return set;
  }

  private static CachedRowSet made() {
    try {
      return factory().createCachedRowSet();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void dump(Subject on, RowSet set) {
    on.run("beforeFirst", () -> set.beforeFirst());
    on.get("rows", () -> Subject.rest(set));
  }

  private static void populated(Subject on) throws SQLException {
    CachedRowSet set = cached(on, "select id, name from " + on.shells() + " order by id");
    on.get("size", () -> set.size());
    dump(on, set);
    on.get("absolute", () -> set.absolute(2));
    on.get("getString", () -> set.getString("name"));
    on.get("getColumnName", () -> set.getMetaData().getColumnName(1));
    on.get("getTableName", () -> set.getMetaData().getTableName(1));
    on.get("getStatement", () -> set.getStatement());
  }

  private static void executed(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " where id > ? order by id";
    CachedRowSet set = made();
    on.run("setCommand", () -> set.setCommand(query));
    on.run("setInt", () -> set.setInt(1, 1));
    on.run("execute", () -> set.execute(on.connection));
    dump(on, set);
    on.get("the connection lives", () -> on.connection.isClosed());
    on.get("getAutoCommit", () -> on.connection.getAutoCommit());
    on.query("and works", "select count(*) from " + on.name("shell"));
  }

  private static void accepted(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    CachedRowSet set = cached(on, "select id, name from " + table + " order by id");
    on.run("setTableName", () -> set.setTableName(table));
    on.run("setKeyColumns", () -> set.setKeyColumns(new int[] {1}));
    on.get("absolute", () -> set.absolute(1));
    on.run("updateString", () -> set.updateString(2, "changed"));
    on.run("updateRow", () -> set.updateRow());
    on.run("moveToInsertRow", () -> set.moveToInsertRow());
    on.run("updateInt", () -> set.updateInt(1, 9));
    on.run("updateString", () -> set.updateString(2, "new"));
    on.run("insertRow", () -> set.insertRow());
    on.run("moveToCurrentRow", () -> set.moveToCurrentRow());
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.run("acceptChanges", () -> set.acceptChanges(c));
    on.get("isClosed", () -> c.isClosed());
    on.get("getAutoCommit", () -> c.getAutoCommit());
    on.run("rollback", () -> c.rollback());
    on.observe("for others", "select max(name) from " + table);
    on.observe("count", "select count(*) from " + table);
  }

  private static void others(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " order by id";
    CachedRowSet set = cached(on, query);
    FilteredRowSet filtered = factory().createFilteredRowSet();
    on.run("populate", () -> filtered.populate(set));
    on.run("setFilter", () -> filtered.setFilter(new AboveOne()));
    dump(on, filtered);
    JoinRowSet join = factory().createJoinRowSet();
    on.run("addRowSet", () -> join.addRowSet(cached(on, query), 1));
    on.run("addRowSet", () -> join.addRowSet(cached(on, query), 1));
    dump(on, join);
    WebRowSet web = factory().createWebRowSet();
    StringWriter text = new StringWriter();
    ResultSet rows =
        on.get("executeQuery", () -> on.connection.createStatement().executeQuery(query));
    on.run("writeXml", () -> web.writeXml(rows, text));
    on.note("XML", text.toString());
  }

  /** Rows whose first column is more than one. */
  private static final class AboveOne implements Predicate {
    @Override
    public boolean evaluate(RowSet set) {
      try {
        return set.getInt(1) > 1;
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public boolean evaluate(Object value, int column) {
      return true;
    }

    @Override
    public boolean evaluate(Object value, String column) {
      return true;
    }
  }
}
