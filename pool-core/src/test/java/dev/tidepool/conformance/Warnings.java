package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;

/** Warnings: where they show, and until when. */
@NullUnmarked // drivers answer null
final class Warnings {
  static final Area AREA =
      Area.of(
          "warnings",
          Probe.of("none", Warnings::none),
          Probe.of("of a statement", Warnings::ofAStatement)
              .only(Database.POSTGRES, Database.MARIADB),
          Probe.of("of a connection", Warnings::ofAConnection),
          Probe.of("after close", Warnings::afterClose));

  private Warnings() {}

  private static void none(Subject on) throws SQLException {
    Connection c = on.connection;
    on.get("connection", () -> c.getWarnings());
    on.run("clearWarnings", () -> c.clearWarnings());
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.get("statement", () -> s.getWarnings());
    String query = "select * from " + on.shells();
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("result set", () -> rows.getWarnings());
    on.run("clearWarnings", () -> rows.clearWarnings());
    on.run("clearWarnings", () -> s.clearWarnings());
  }

  private static String warning(Subject on) {
    return on.database == Database.POSTGRES
        ? "do $$ begin raise warning 'ebb'; raise warning 'flood'; end $$"
        : "drop table if exists " + on.name("nowhere");
  }

  private static void ofAStatement(Subject on) {
    Connection c = on.connection;
    String warning = warning(on);
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.get("execute", () -> s.execute(warning));
    on.get("getWarnings", () -> s.getWarnings());
    on.get("getWarnings again", () -> s.getWarnings());
    on.get("next", () -> s.getWarnings().getNextWarning());
    on.get("message", () -> s.getWarnings().getMessage().isEmpty());
    on.get("of the connection", () -> c.getWarnings());
    on.run("clearWarnings", () -> s.clearWarnings());
    on.get("getWarnings", () -> s.getWarnings());
    on.get("execute", () -> s.execute(warning));
    on.get("another statement clears", () -> s.execute("select 1"));
    on.get("getWarnings", () -> s.getWarnings());
  }

  private static void ofAConnection(Subject on) {
    Connection c = on.connection;
    // Some drivers warn that they do less than they are asked for.
    on.get("createStatement", () -> c.createStatement(1005, 1008));
    on.get("getWarnings", () -> c.getWarnings());
    on.run("setClientInfo(unknown)", () -> c.setClientInfo("nobody", "x"));
    on.get("getWarnings", () -> c.getWarnings());
    on.run("clearWarnings", () -> c.clearWarnings());
    on.get("getWarnings", () -> c.getWarnings());
  }

  private static void afterClose(Subject on) throws SQLException {
    String query = "select * from " + on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.run("close", () -> rows.close());
    on.get("getWarnings of a closed result set", () -> rows.getWarnings());
    on.run("close", () -> s.close());
    on.get("getWarnings of a closed statement", () -> s.getWarnings());
    on.run("clearWarnings of a closed statement", () -> s.clearWarnings());
  }
}
