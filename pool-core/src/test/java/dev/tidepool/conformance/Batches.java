package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;

/** Batches of statements: counts, failures, large counts. */
@NullUnmarked // drivers answer null
final class Batches {
  static final Area AREA =
      Area.of(
          "batches",
          Probe.of("batch of a statement", Batches::plain),
          Probe.of("batch of a prepared statement", Batches::prepared),
          Probe.of("failure in the middle", Batches::failure),
          Probe.of("failure in the middle of a transaction", Batches::failureInTransaction),
          Probe.of("large batch", Batches::large),
          Probe.of("misuse", Batches::misuse),
          Probe.of("batch with keys", Batches::keys));

  private Batches() {}

  private static void plain(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.get("empty", () -> s.executeBatch());
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (4, 'd')"));
    on.run("addBatch", () -> s.addBatch("update " + table + " set name = 'x' where id < 3"));
    on.run("addBatch", () -> s.addBatch("delete from " + table + " where id = 77"));
    on.get("executeBatch", () -> s.executeBatch());
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("again, now empty", () -> s.executeBatch());
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (5, 'e')"));
    on.run("clearBatch", () -> s.clearBatch());
    on.get("after clearBatch", () -> s.executeBatch());
    on.query("rows", "select * from " + table + " order by id");
  }

  private static void prepared(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    String sql = "insert into " + table + " values (?, ?)";
    PreparedStatement s = on.get("prepareStatement", () -> c.prepareStatement(sql));
    for (int i = 4; i < 9; i++) {
      int id = i;
      on.run("setInt", () -> s.setInt(1, id));
      on.run("setString", () -> s.setString(2, "n" + id));
      on.run("addBatch", () -> s.addBatch());
    }
    on.get("executeBatch", () -> s.executeBatch());
    on.run("clearParameters", () -> s.clearParameters());
    on.run("addBatch without parameters", () -> s.addBatch());
    on.get("executeBatch", () -> s.executeBatch());
    on.run("close", () -> s.close());
    on.query("rows", "select * from " + table + " order by id");
  }

  private static void failing(Subject on, String table) {
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (4, 'd')"));
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (1, 'twice')"));
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (5, 'e')"));
    on.get("executeBatch", () -> s.executeBatch());
    on.get("the statement works on", () -> s.executeUpdate("delete from " + table + " where 1=0"));
    on.get("its batch is gone", () -> s.executeBatch());
  }

  private static void failure(Subject on) throws SQLException {
    String table = on.shells();
    failing(on, table);
    on.query("rows", "select id from " + table + " order by id");
    String sql = "insert into " + table + " values (?, 'p')";
    PreparedStatement p = on.get("prepare", () -> on.connection.prepareStatement(sql));
    for (int i : new int[] {20, 20, 21}) {
      on.run("setInt", () -> p.setInt(1, i));
      on.run("addBatch", () -> p.addBatch());
    }
    on.get("executeBatch", () -> p.executeBatch());
    on.query("rows", "select id from " + table + " order by id");
  }

  private static void failureInTransaction(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    failing(on, table);
    on.query("rows", "select id from " + table + " order by id");
    on.run("commit", c::commit);
    on.observe("for others", "select count(*) from " + table);
  }

  private static void large(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("addBatch", () -> s.addBatch("update " + table + " set name = 'y'"));
    on.get("executeLargeBatch", () -> s.executeLargeBatch());
    on.get("executeLargeUpdate", () -> s.executeLargeUpdate("delete from " + table));
    on.get("getLargeUpdateCount", () -> s.getLargeUpdateCount());
    on.get("getUpdateCount", () -> s.getUpdateCount());
  }

  private static void misuse(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("addBatch of a query", () -> s.addBatch("select * from " + table));
    on.get("executeBatch of a query", () -> s.executeBatch());
    on.run("addBatch(null)", () -> s.addBatch(null));
    on.get("executeBatch", () -> s.executeBatch());
    String sql = "update " + table + " set name = ?";
    PreparedStatement p = on.get("prepare", () -> on.connection.prepareStatement(sql));
    on.run("addBatch(sql) of a prepared one", () -> p.addBatch("select 1"));
    on.get("execute(sql) of a prepared one", () -> p.execute("select 1"));
    on.get("executeQuery(sql) of a prepared one", () -> p.executeQuery("select 1"));
    on.get("executeUpdate without its parameter", () -> p.executeUpdate());
    on.get("executeQuery of an update", () -> p.executeQuery());
    on.get("executeUpdate of a query", () -> s.executeUpdate("select * from " + table));
    on.get("executeQuery of an update", () -> s.executeQuery("delete from " + table));
  }

  private static void keys(Subject on) throws SQLException {
    String key = on.database.generatedKey();
    String table = on.table("keyed", "id " + key + ", name varchar(20)");
    String sql = "insert into " + table + " (name) values (?)";
    PreparedStatement p =
        on.get(
            "prepare", () -> on.connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS));
    for (String name : new String[] {"a", "b", "c"}) {
      on.run("setString", () -> p.setString(1, name));
      on.run("addBatch", () -> p.addBatch());
    }
    on.get("executeBatch", () -> p.executeBatch());
    on.get("getGeneratedKeys", () -> Subject.rest(p.getGeneratedKeys()));
  }
}
