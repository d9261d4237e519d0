package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.NullUnmarked;

/** Result sets of every type and concurrency, their movements, and several of one statement. */
@NullUnmarked // drivers answer null
final class ResultSets {
  private static final int[] TYPES = {
    ResultSet.TYPE_FORWARD_ONLY,
    ResultSet.TYPE_SCROLL_INSENSITIVE,
    ResultSet.TYPE_SCROLL_SENSITIVE,
    4711
  };

  private static final int[] CONCURRENCIES = {
    ResultSet.CONCUR_READ_ONLY, ResultSet.CONCUR_UPDATABLE, 4711
  };

  static final Area AREA =
      Area.of(
          "result sets",
          Probe.of("what a statement may ask for", ResultSets::everyKind),
          Probe.of("forward only", ResultSets::forward),
          Probe.of("scrolling", ResultSets::scrolling),
          Probe.of("metadata", ResultSets::metaData),
          Probe.of("limits and hints", ResultSets::limits),
          Probe.of("one after the other", ResultSets::oneAfterTheOther),
          Probe.of("several of one statement", ResultSets::several),
          Probe.of("update counts", ResultSets::updateCounts),
          Probe.of("over a commit", ResultSets::overCommit),
          Probe.of("by fetch size", ResultSets::byFetchSize),
          Probe.of("prepared again and again", ResultSets::preparedAgain));

  private ResultSets() {}

  private static void everyKind(Subject on) throws SQLException {
    Connection c = on.connection;
    String query = "select id, name from " + on.shells() + " order by id";
    for (int type : TYPES) {
      for (int concurrency : CONCURRENCIES) {
        String kind = type + "/" + concurrency;
        Statement s = on.get(kind, () -> c.createStatement(type, concurrency));
        describe(on, s);
        ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
        on.get("getType", () -> rows.getType());
        on.get("getConcurrency", () -> rows.getConcurrency());
        on.get("getHoldability", () -> rows.getHoldability());
        on.get("getWarnings", () -> rows.getWarnings());
        on.get("close, and what was left", () -> Subject.rest(rows));
        PreparedStatement p =
            on.get("prepared " + kind, () -> c.prepareStatement(query, type, concurrency));
        on.get("rows", () -> Subject.rest(p.executeQuery()));
        on.get("callable " + kind, () -> c.prepareCall("{call x()}", type, concurrency));
      }
    }
    for (int holdability : new int[] {1, 2, 3}) {
      Statement s = on.get("held " + holdability, () -> c.createStatement(1003, 1007, holdability));
      describe(on, s);
      on.get("prepared", () -> c.prepareStatement(query, 1003, 1007, holdability));
    }
  }

  private static void describe(Subject on, Statement s) {
    on.get("getResultSetType", () -> s.getResultSetType());
    on.get("getResultSetConcurrency", () -> s.getResultSetConcurrency());
    on.get("getResultSetHoldability", () -> s.getResultSetHoldability());
    on.get("getWarnings", () -> s.getWarnings());
  }

  private static void forward(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " order by id";
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("getInt before the first row", () -> rows.getInt(1));
    on.get("isBeforeFirst", () -> rows.isBeforeFirst());
    on.get("next", () -> rows.next());
    on.get("getInt", () -> rows.getInt("id"));
    on.get("getRow", () -> rows.getRow());
    on.get("previous", () -> rows.previous());
    on.get("absolute", () -> rows.absolute(1));
    on.run("beforeFirst", () -> rows.beforeFirst());
    on.get("rest", () -> Subject.rest(rows));
    on.get("next", () -> rows.next());
    on.get("isAfterLast", () -> rows.isAfterLast());
    on.get("getInt after the last row", () -> rows.getInt(1));
    on.get("findColumn", () -> rows.findColumn("NAME"));
    on.get("findColumn of an unknown one", () -> rows.findColumn("nobody"));
    on.get("getFetchDirection", () -> rows.getFetchDirection());
    on.run("setFetchDirection", () -> rows.setFetchDirection(ResultSet.FETCH_REVERSE));
    on.run("updateInt", () -> rows.updateInt(1, 5));
    on.run("close", () -> rows.close());
    on.get("next after close", () -> rows.next());
    on.get("getInt after close", () -> rows.getInt(1));
    on.get("getMetaData after close", () -> rows.getMetaData());
    on.get("getStatement after close", () -> rows.getStatement());
    on.get("getType after close", () -> rows.getType());
  }

  private static void scrolling(Subject on) throws SQLException {
    String query = "select id, name from " + on.shells() + " order by id";
    Statement s =
        on.get(
            "createStatement",
            () ->
                on.connection.createStatement(
                    ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY));
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("last", () -> rows.last());
    on.get("getRow", () -> rows.getRow());
    on.get("isLast", () -> rows.isLast());
    on.get("previous", () -> rows.previous());
    on.get("getString", () -> rows.getString(2));
    on.get("relative(-1)", () -> rows.relative(-1));
    on.get("isFirst", () -> rows.isFirst());
    on.get("previous", () -> rows.previous());
    on.get("isBeforeFirst", () -> rows.isBeforeFirst());
    on.get("absolute(-1)", () -> rows.absolute(-1));
    on.get("absolute(2)", () -> rows.absolute(2));
    on.get("absolute(0)", () -> rows.absolute(0));
    on.get("absolute(99)", () -> rows.absolute(99));
    on.get("isAfterLast", () -> rows.isAfterLast());
    on.run("afterLast", () -> rows.afterLast());
    on.get("first", () -> rows.first());
    on.run("refreshRow", () -> rows.refreshRow());
    on.get("rowUpdated", () -> rows.rowUpdated());
    on.run("updateString", () -> rows.updateString(2, "z"));
    on.run("moveToInsertRow", () -> rows.moveToInsertRow());
    on.run("setFetchDirection", () -> rows.setFetchDirection(ResultSet.FETCH_REVERSE));
    on.get("getFetchDirection", () -> rows.getFetchDirection());
    on.get("getCursorName", () -> rows.getCursorName());
    Statement empty = on.get("createStatement", () -> on.connection.createStatement(1004, 1007));
    ResultSet none =
        on.get("nothing", () -> empty.executeQuery(query.replace("order", "where 1=0 order")));
    on.get("first", () -> none.first());
    on.get("last", () -> none.last());
    on.get("isBeforeFirst", () -> none.isBeforeFirst());
    on.get("isAfterLast", () -> none.isAfterLast());
  }

  private static void metaData(Subject on) throws SQLException {
    String query = "select id, name as label, count(*) as n from " + on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query + " group by id, name"));
    on.get("getMetaData", () -> rows.getMetaData());
    for (int i = 1; i <= 4; i++) {
      int column = i;
      on.get("getColumnLabel", () -> rows.getMetaData().getColumnLabel(column));
      on.get("getColumnName", () -> rows.getMetaData().getColumnName(column));
      on.get("getColumnTypeName", () -> rows.getMetaData().getColumnTypeName(column));
      on.get("getColumnClassName", () -> rows.getMetaData().getColumnClassName(column));
      on.get("getTableName", () -> rows.getMetaData().getTableName(column));
      on.get("isNullable", () -> rows.getMetaData().isNullable(column));
      on.get("isAutoIncrement", () -> rows.getMetaData().isAutoIncrement(column));
    }
    PreparedStatement p =
        on.get(
            "prepare",
            () -> on.connection.prepareStatement(query + " where id = ? group by id, name"));
    on.get("getColumnCount before execution", () -> p.getMetaData().getColumnCount());
    on.get("getParameterCount", () -> p.getParameterMetaData().getParameterCount());
    on.get("getParameterType", () -> p.getParameterMetaData().getParameterType(1));
    on.get("getParameterType out of range", () -> p.getParameterMetaData().getParameterType(2));
  }

  private static void limits(Subject on) throws SQLException {
    String query = "select id from " + on.shells() + " order by id";
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("getMaxRows", () -> s.getMaxRows());
    on.run("setMaxRows", () -> s.setMaxRows(2));
    on.get("two rows", () -> Subject.rest(s.executeQuery(query)));
    on.run("setLargeMaxRows", () -> s.setLargeMaxRows(1));
    on.get("getLargeMaxRows", () -> s.getLargeMaxRows());
    on.get("one row", () -> Subject.rest(s.executeQuery(query)));
    on.run("setMaxRows(-1)", () -> s.setMaxRows(-1));
    on.get("getMaxFieldSize", () -> s.getMaxFieldSize());
    on.run("setMaxFieldSize", () -> s.setMaxFieldSize(1));
    on.run("setMaxFieldSize(-1)", () -> s.setMaxFieldSize(-1));
    on.get("getFetchSize", () -> s.getFetchSize());
    on.run("setFetchSize", () -> s.setFetchSize(7));
    on.get("getFetchSize", () -> s.getFetchSize());
    on.run("setFetchSize(-1)", () -> s.setFetchSize(-1));
    on.get("getFetchDirection", () -> s.getFetchDirection());
    on.run("setFetchDirection", () -> s.setFetchDirection(ResultSet.FETCH_REVERSE));
    on.run("setFetchDirection(4711)", () -> s.setFetchDirection(4711));
    on.run("setEscapeProcessing", () -> s.setEscapeProcessing(false));
    on.run("setCursorName", () -> s.setCursorName("tide"));
    on.get("isPoolable", () -> s.isPoolable());
    on.run("setPoolable", () -> s.setPoolable(true));
    on.get("isPoolable", () -> s.isPoolable());
    on.get("enquoteLiteral", () -> s.enquoteLiteral("it's"));
    on.get("enquoteNCharLiteral", () -> s.enquoteNCharLiteral("it's"));
    on.get("enquoteIdentifier", () -> s.enquoteIdentifier("Shell", false));
    on.get("enquoteIdentifier", () -> s.enquoteIdentifier("sh\"ell", true));
    on.get("isSimpleIdentifier", () -> s.isSimpleIdentifier("shell"));
    on.get("enquoteLiteral(null)", () -> s.enquoteLiteral(null));
  }

  private static void oneAfterTheOther(Subject on) throws SQLException {
    String query = "select id from " + on.shells() + " order by id";
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    ResultSet first = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("getResultSet", () -> s.getResultSet());
    on.get("getResultSet again", () -> s.getResultSet());
    ResultSet second = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("first is closed", () -> first.isClosed());
    on.get("next of the first", () -> first.next());
    on.get("next of the second", () -> second.next());
    on.get("executeUpdate", () -> s.executeUpdate("delete from " + on.name("shell")));
    on.get("second is closed", () -> second.isClosed());
    on.get("getResultSet of an update", () -> s.getResultSet());
    on.get("failing", () -> s.execute("selekt"));
    on.get("getResultSet of a failure", () -> s.getResultSet());
    on.get("getUpdateCount of a failure", () -> s.getUpdateCount());
  }

  private static void several(Subject on) throws SQLException {
    String table = on.shells();
    String both = "select id from " + table + " order by id; select name from " + table;
    for (int what : new int[] {0, 1, 2, 3, 4711}) {
      Statement s = on.get("createStatement", () -> on.connection.createStatement());
      on.get("execute", () -> s.execute(both + " order by id"));
      ResultSet first = on.get("getResultSet", () -> s.getResultSet());
      on.get("getStatement", () -> first.getStatement());
      on.get("getMoreResults " + what, () -> more(s, what));
      on.get("first is closed", () -> first.isClosed());
      ResultSet second = on.get("getResultSet", () -> s.getResultSet());
      on.get("getStatement", () -> second.getStatement());
      on.get("rest of the first", () -> Subject.rest(first));
      on.get("rest of the second", () -> Subject.rest(second));
      on.get("getMoreResults", () -> s.getMoreResults());
      on.get("getUpdateCount", () -> s.getUpdateCount());
      on.run("close", () -> s.close());
    }
  }

  private static boolean more(Statement s, int what) throws SQLException {
    return what == 0 ? s.getMoreResults() : s.getMoreResults(what);
  }

  private static void updateCounts(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("getUpdateCount before anything", () -> s.getUpdateCount());
    on.get("getResultSet before anything", () -> s.getResultSet());
    on.get("execute", () -> s.execute("update " + table + " set name = 'u' where id > 1"));
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("getLargeUpdateCount", () -> s.getLargeUpdateCount());
    on.get("getResultSet", () -> s.getResultSet());
    on.get("getMoreResults", () -> s.getMoreResults());
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("execute of a query", () -> s.execute("select 1"));
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("execute('')", () -> s.execute(""));
    on.get("executeUpdate('')", () -> s.executeUpdate(""));
    on.get("execute(null)", () -> s.execute((String) null));
    on.get("executeQuery(null)", () -> s.executeQuery(null));
  }

  private static void overCommit(Subject on) throws SQLException {
    Connection c = on.connection;
    String query = "select id from " + on.shells() + " order by id";
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    for (int holdability : new int[] {1, 2}) {
      Statement s =
          on.get(
              "createStatement " + holdability, () -> c.createStatement(1003, 1007, holdability));
      on.run("setFetchSize", () -> s.setFetchSize(1));
      ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
      on.get("next", () -> rows.next());
      on.run("commit", c::commit);
      on.get("isClosed", () -> rows.isClosed());
      on.get("rest", () -> Subject.rest(rows));
      on.run("rollback", () -> c.rollback());
    }
  }

  private static void byFetchSize(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.run("setFetchSize", () -> s.setFetchSize(1));
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery("select id from " + table));
    on.get("next", () -> rows.next());
    on.execute("another statement meanwhile", "select 1");
    on.run("setFetchSize of the result", () -> rows.setFetchSize(2));
    on.get("next", () -> rows.next());
    on.run("close in the middle", () -> rows.close());
    ResultSet left = on.get("executeQuery", () -> s.executeQuery("select id from " + table));
    on.get("next", () -> left.next());
    on.run("the statement is closed in the middle", () -> s.close());
    on.get("next", () -> left.next());
    on.query("the connection works", "select count(*) from " + table);
  }

  private static void preparedAgain(Subject on) throws SQLException {
    String query = "select name from " + on.shells() + " where id = ?";
    PreparedStatement p = on.get("prepare", () -> on.connection.prepareStatement(query));
    on.get("executeQuery without a parameter", () -> p.executeQuery());
    // More often than pgjdbc's threshold, from which on the server prepares.
    for (int i = 1; i < 8; i++) {
      int id = i;
      on.run("setInt", () -> p.setInt(1, id));
      on.get("rows", () -> Subject.rest(p.executeQuery()));
    }
    on.run("setInt(2, 1)", () -> p.setInt(2, 1));
    on.run("setObject of no known type", () -> p.setObject(1, Locale.ENGLISH));
    on.run("setString where a number is due", () -> p.setString(1, "x"));
    on.get("rows", () -> Subject.rest(p.executeQuery()));
    on.run("clearParameters", () -> p.clearParameters());
    on.get("executeQuery without a parameter", () -> p.executeQuery());
  }
}
