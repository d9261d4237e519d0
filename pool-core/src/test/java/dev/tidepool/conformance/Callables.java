package dev.tidepool.conformance;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.NullUnmarked;

/** Procedures and functions: parameters in and out, results, cursors. */
@NullUnmarked // drivers answer null
final class Callables {
  static final Area AREA =
      Area.of(
          "callable statements",
          Probe.of("function of H2", Callables::h2Function).only(Database.H2),
          Probe.of("parameters in and out", Callables::inAndOut)
              .only(Database.POSTGRES, Database.MARIADB),
          Probe.of("function", Callables::function).only(Database.POSTGRES, Database.MARIADB),
          Probe.of("result sets of a procedure", Callables::results).only(Database.MARIADB),
          Probe.of("cursor", Callables::cursor).only(Database.POSTGRES),
          Probe.of("parameters by name", Callables::byName)
              .only(Database.POSTGRES, Database.MARIADB),
          Probe.of("misuse", Callables::misuse));

  private Callables() {}

  private static void h2Function(Subject on) throws SQLException {
    String add = on.name("add");
    on.make("create alias " + add + " for 'java.lang.Math.addExact(int,int)'", "drop alias " + add);
    CallableStatement s =
        on.get("prepareCall", () -> on.connection.prepareCall("{? = call " + add + "(?, ?)}"));
    on.run("registerOutParameter", () -> s.registerOutParameter(1, Types.INTEGER));
    on.run("setInt", () -> s.setInt(2, 40));
    on.run("setInt", () -> s.setInt(3, 2));
    on.get("execute", () -> s.execute());
    on.get("getInt", () -> s.getInt(1));
    on.get("wasNull", () -> s.wasNull());
    on.get("getObject", () -> s.getObject(1));
    on.get("getObject(type)", () -> s.getObject(1, Long.class));
    on.get("getString", () -> s.getString(1));
    on.get("getConnection", () -> s.getConnection());
    on.get("getParameterMetaData", () -> s.getParameterMetaData().getParameterCount());
    on.run("close", () -> s.close());
    on.get("getInt after close", () -> s.getInt(1));
  }

  private static String sum(Subject on) throws SQLException {
    String name = on.name("sum");
    if (on.database == Database.POSTGRES) {
      on.make(
          "create function "
              + name
              + "(a int, inout b int, out c text) language plpgsql as"
              + " $$ begin b := a + b; c := 'sum ' || b; end $$",
          "drop function " + name);
    } else {
      on.make(
          "create procedure "
              + name
              + "(in a int, inout b int, out c varchar(20))"
              + " begin set b = a + b; set c = concat('sum ', b); end",
          "drop procedure " + name);
    }
    return name;
  }

  private static void inAndOut(Subject on) throws SQLException {
    String call = "{call " + sum(on) + "(?, ?, ?)}";
    CallableStatement s = on.get("prepareCall", () -> on.connection.prepareCall(call));
    on.run("setInt", () -> s.setInt(1, 40));
    on.run("setInt", () -> s.setInt(2, 2));
    on.run("registerOutParameter", () -> s.registerOutParameter(2, Types.INTEGER));
    on.run("registerOutParameter", () -> s.registerOutParameter(3, JDBCType.VARCHAR));
    on.get("execute", () -> s.execute());
    on.get("getInt", () -> s.getInt(2));
    on.get("getString", () -> s.getString(3));
    on.get("getObject", () -> s.getObject(2));
    on.get("getObject(type)", () -> s.getObject(3, String.class));
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("getResultSet", () -> s.getResultSet());
    on.run("setNull", () -> s.setNull(1, Types.INTEGER));
    on.get("execute", () -> s.execute());
    on.get("getInt", () -> s.getInt(2));
    on.get("wasNull", () -> s.wasNull());
    on.get("getInt of a text", () -> s.getInt(3));
    on.get("getInt out of range", () -> s.getInt(9));
    on.run("close", () -> s.close());
    on.get("execute after close", () -> s.execute());
  }

  private static void function(Subject on) throws SQLException {
    String name = on.name("twice");
    String body =
        on.database == Database.POSTGRES
            ? "(a int) returns int language sql as 'select 2 * a'"
            : "(a int) returns int deterministic return 2 * a";
    on.make("create function " + name + body, "drop function " + name);
    String call = "{? = call " + name + "(?)}";
    CallableStatement s = on.get("prepareCall", () -> on.connection.prepareCall(call));
    on.run("registerOutParameter", () -> s.registerOutParameter(1, Types.INTEGER));
    on.run("setInt", () -> s.setInt(2, 21));
    on.get("execute", () -> s.execute());
    on.get("getInt", () -> s.getInt(1));
    on.get("getBigDecimal", () -> s.getBigDecimal(1));
    on.get("getLong", () -> s.getLong(1));
    on.run("addBatch", () -> s.addBatch());
    on.get("executeBatch", () -> s.executeBatch());
  }

  private static void results(Subject on) throws SQLException {
    String name = on.name("both");
    on.make(
        "create procedure " + name + "() begin select 1 as a; select 2 as b, 3 as c; end",
        "drop procedure " + name);
    String call = "{call " + name + "()}";
    CallableStatement s = on.get("prepareCall", () -> on.connection.prepareCall(call));
    on.get("execute", () -> s.execute());
    ResultSet first = on.get("getResultSet", () -> s.getResultSet());
    on.get("getStatement", () -> first.getStatement());
    on.get("rows", () -> Subject.rest(first));
    on.get("getMoreResults", () -> s.getMoreResults());
    on.get("first is closed", () -> first.isClosed());
    ResultSet second = on.get("getResultSet", () -> s.getResultSet());
    on.get("rows", () -> Subject.rest(second));
    on.get("getMoreResults", () -> s.getMoreResults());
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("executeQuery", () -> s.executeQuery());
  }

  private static void cursor(Subject on) throws SQLException {
    String table = on.shells();
    String name = on.name("cursor");
    on.make(
        "create function "
            + name
            + "() returns refcursor language plpgsql as $$ declare r refcursor; begin open r for"
            + " select * from "
            + table
            + " order by id; return r; end $$",
        "drop function " + name);
    Connection c = on.connection;
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    CallableStatement s = on.get("prepareCall", () -> c.prepareCall("{? = call " + name + "()}"));
    on.run("registerOutParameter", () -> s.registerOutParameter(1, Types.REF_CURSOR));
    on.get("execute", () -> s.execute());
    ResultSet rows = on.get("getObject", () -> (ResultSet) s.getObject(1));
    on.get("getStatement().getConnection", () -> rows.getStatement().getConnection());
    on.get("rows", () -> Subject.rest(rows));
    ResultSet again = on.get("getObject(type)", () -> s.getObject(1, ResultSet.class));
    on.get("getConnection", () -> again.getStatement().getConnection());
    ResultSet query =
        on.get("query", () -> c.createStatement().executeQuery("select " + name + "()"));
    on.get("next", () -> query.next());
    ResultSet nested = on.get("getObject of a result set", () -> (ResultSet) query.getObject(1));
    on.get("getConnection", () -> nested.getStatement().getConnection());
    on.get("rows", () -> Subject.rest(nested));
    on.run("close", () -> nested.close());
    on.run("rollback", () -> c.rollback());
    on.get("rows after the end", () -> Subject.rest(rows));
  }

  private static void byName(Subject on) throws SQLException {
    String call = "{call " + sum(on) + "(?, ?, ?)}";
    CallableStatement s = on.get("prepareCall", () -> on.connection.prepareCall(call));
    on.run("setInt", () -> s.setInt("a", 1));
    on.run("setInt", () -> s.setInt("b", 2));
    on.run("registerOutParameter", () -> s.registerOutParameter("b", Types.INTEGER));
    on.run("registerOutParameter", () -> s.registerOutParameter("c", Types.VARCHAR));
    on.get("execute", () -> s.execute());
    on.get("getInt", () -> s.getInt("b"));
    on.get("getString", () -> s.getString("c"));
    on.get("getString of an unknown one", () -> s.getString("nobody"));
  }

  private static void misuse(Subject on) {
    Connection c = on.connection;
    String call = "{call " + on.name("nobody") + "(?)}";
    CallableStatement s = on.get("prepareCall", () -> c.prepareCall(call));
    on.run("setInt", () -> s.setInt(1, 1));
    on.get("execute", () -> s.execute());
    on.get("getInt of what was not registered", () -> s.getInt(1));
    on.get("prepareCall of a query", () -> c.prepareCall("select 1").executeQuery().next());
    on.get("prepareCall(null)", () -> c.prepareCall(null));
    on.get("prepareCall with types", () -> c.prepareCall("{call x()}", 1004, 1007, 1));
  }
}
