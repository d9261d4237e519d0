package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;

/** Timeouts, cancel, abort, isValid. */
@NullUnmarked // drivers answer null
final class Timeouts {
  static final Area AREA =
      Area.of(
          "timeouts, cancel, abort",
          Probe.of("network timeout", Timeouts::network),
          Probe.of("network timeout that strikes", Timeouts::networkStrikes)
              .only(Database.POSTGRES, Database.MARIADB)
              .endingTheSession(),
          Probe.of("query timeout", Timeouts::query),
          Probe.of("query timeout that strikes", Timeouts::queryStrikes)
              .only(Database.POSTGRES, Database.MARIADB),
          Probe.of("cancel of nothing", Timeouts::cancel),
          Probe.of("isValid", Timeouts::valid),
          Probe.of("abort", Timeouts::abort).endingTheSession());

  private Timeouts() {}

  private static void network(Subject on) {
    Connection c = on.connection;
    on.get("getNetworkTimeout", () -> c.getNetworkTimeout());
    on.run("setNetworkTimeout", () -> c.setNetworkTimeout(Runnable::run, 7_000));
    on.get("getNetworkTimeout", () -> c.getNetworkTimeout());
    on.query("works", "select 1");
    on.run("setNetworkTimeout(-1)", () -> c.setNetworkTimeout(Runnable::run, -1));
    on.run("setNetworkTimeout(no executor)", () -> c.setNetworkTimeout(null, 7_000));
    on.run("setNetworkTimeout(0)", () -> c.setNetworkTimeout(Runnable::run, 0));
    on.get("getNetworkTimeout", () -> c.getNetworkTimeout());
  }

  private static String sleep(Subject on) {
    return on.database == Database.POSTGRES ? "select pg_sleep(30)" : "select sleep(30)";
  }

  private static void networkStrikes(Subject on) {
    Connection c = on.connection;
    on.run("setNetworkTimeout", () -> c.setNetworkTimeout(Runnable::run, 300));
    on.execute("too long", sleep(on));
    on.get("isClosed", () -> c.isClosed());
    on.get("isValid", () -> c.isValid(1));
  }

  private static void query(Subject on) {
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("getQueryTimeout", () -> s.getQueryTimeout());
    on.run("setQueryTimeout", () -> s.setQueryTimeout(9));
    on.get("getQueryTimeout", () -> s.getQueryTimeout());
    on.get("in time", () -> s.execute("select 1"));
    on.run("setQueryTimeout(-1)", () -> s.setQueryTimeout(-1));
    on.run("setQueryTimeout(0)", () -> s.setQueryTimeout(0));
  }

  private static void queryStrikes(Subject on) {
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("setQueryTimeout", () -> s.setQueryTimeout(1));
    on.get("too long", () -> s.execute(sleep(on)));
    on.get("the statement works on", () -> s.execute("select 1"));
    on.query("the connection works on", "select 1");
  }

  private static void cancel(Subject on) throws SQLException {
    String query = "select * from " + on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("cancel", () -> s.cancel());
    on.get("works", () -> Subject.rest(s.executeQuery(query)));
    on.run("close", () -> s.close());
    on.run("cancel after close", () -> s.cancel());
  }

  private static void valid(Subject on) {
    Connection c = on.connection;
    on.get("isValid(0)", () -> c.isValid(0));
    on.get("isValid(5)", () -> c.isValid(5));
    on.get("isValid(-1)", () -> c.isValid(-1));
    on.run("close", () -> c.close());
    on.get("isValid after close", () -> c.isValid(1));
    on.get("isClosed", () -> c.isClosed());
  }

  private static void abort(Subject on) {
    Connection c = on.connection;
    on.run("abort(null)", () -> c.abort(null));
    on.run("abort", () -> c.abort(Runnable::run));
    on.get("isClosed", () -> c.isClosed());
    on.get("isValid", () -> c.isValid(1));
    on.run("abort again", () -> c.abort(Runnable::run));
  }
}
