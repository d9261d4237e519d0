package dev.tidepool.conformance;

import dev.tidepool.testing.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;

/**
 * Closing in any order, twice, by other threads. What a closed connection does to what it made is
 * asked by {@link AfterCloseTest}: there the pool promises more than the drivers do.
 */
@NullUnmarked // drivers answer null
final class Closing {
  static final Area AREA =
      Area.of(
          "close",
          Probe.of("in order", Closing::inOrder),
          Probe.of("the other way round", Closing::otherWayRound),
          Probe.of("by another thread", Closing::byAnotherThread),
          Probe.of("on completion", Closing::onCompletion),
          Probe.of("on completion, by the next result", Closing::onCompletionNext),
          Probe.of("on completion, two results", Closing::onCompletionTwo),
          Probe.of("closed statements", Closing::closedStatements),
          Probe.of("many open", Closing::many));

  private Closing() {}

  private static void inOrder(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Connection c = on.connection;
    Statement s = on.get("createStatement", () -> c.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.run("close of the result set", () -> rows.close());
    on.run("again", () -> rows.close());
    on.get("isClosed", () -> rows.isClosed());
    on.get("isClosed of the statement", () -> s.isClosed());
    on.run("close of the statement", () -> s.close());
    on.run("again", () -> s.close());
    on.get("isClosed", () -> s.isClosed());
    on.get("isClosed of the connection", () -> c.isClosed());
    on.run("close of the connection", () -> c.close());
    on.run("again", () -> c.close());
    on.get("isClosed", () -> c.isClosed());
    on.run("close of the result set", () -> rows.close());
    on.run("close of the statement", () -> s.close());
    on.get("isClosed of the statement", () -> s.isClosed());
  }

  private static void otherWayRound(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Connection c = on.connection;
    PreparedStatement s = on.get("prepareStatement", () -> c.prepareStatement(query));
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery());
    on.run("close of the statement", () -> s.close());
    on.get("isClosed of the result set", () -> rows.isClosed());
    on.run("close of the result set", () -> rows.close());
    ResultSet tables = on.get("getTableTypes", () -> c.getMetaData().getTableTypes());
    on.run("close of the connection", () -> c.close());
    on.run("close of the metadata", () -> tables.close());
    on.run("close of the statement", () -> s.close());
    on.get("isClosed of the connection", () -> c.isClosed());
  }

  private static void elsewhere(Subject on, String what, Transcript.Step step) {
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Thread other =
        new Thread(
            () -> {
              try {
                step.take();
              } catch (Exception e) {
                thrown.set(e);
              }
            });
    other.start();
    Await.end(other);
    on.note(what, thrown.get());
  }

  private static void byAnotherThread(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Connection c = on.connection;
    Statement s = on.get("createStatement", () -> c.createStatement());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    elsewhere(on, "next", () -> rows.next());
    elsewhere(on, "close of the result set", () -> rows.close());
    on.get("isClosed", () -> rows.isClosed());
    on.get("executeQuery", () -> s.executeQuery(query).next());
    elsewhere(on, "close of the statement", () -> s.close());
    on.get("isClosed", () -> s.isClosed());
    on.get("executeQuery", () -> s.executeQuery(query));
    elsewhere(on, "close of the connection", () -> c.close());
    on.get("isClosed", () -> c.isClosed());
    on.run("close here as well", () -> c.close());
  }

  private static void onCompletion(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("isCloseOnCompletion", () -> s.isCloseOnCompletion());
    on.run("closeOnCompletion", () -> s.closeOnCompletion());
    on.get("isCloseOnCompletion", () -> s.isCloseOnCompletion());
    on.get("an update", () -> s.executeUpdate("update " + on.name("shell") + " set name = 'x'"));
    on.get("isClosed", () -> s.isClosed());
    ResultSet rows = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("all rows", () -> Subject.rest(rows).size());
    on.get("isClosed", () -> s.isClosed());
    on.run("close of the result set", () -> rows.close());
    on.get("isClosed", () -> s.isClosed());
    on.get("executeQuery", () -> s.executeQuery(query));
    on.run("closeOnCompletion", () -> s.closeOnCompletion());
    on.get("isCloseOnCompletion", () -> s.isCloseOnCompletion());
  }

  private static void onCompletionNext(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("closeOnCompletion", () -> s.closeOnCompletion());
    ResultSet first = on.get("executeQuery", () -> s.executeQuery(query));
    ResultSet second = on.get("executeQuery", () -> s.executeQuery(query));
    on.get("isClosed of the first", () -> first.isClosed());
    on.get("isClosed", () -> s.isClosed());
    on.run("close of the first", () -> first.close());
    on.get("isClosed", () -> s.isClosed());
    on.run("close of the second", () -> second.close());
    on.get("isClosed", () -> s.isClosed());
  }

  private static void onCompletionTwo(Subject on) throws SQLException {
    String key = on.database.generatedKey();
    String table = on.table("keyed", "id " + key + ", name varchar(20)");
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("closeOnCompletion", () -> s.closeOnCompletion());
    String insert = "insert into " + table + " (name) values ('a')";
    on.get("executeUpdate", () -> s.executeUpdate(insert, Statement.RETURN_GENERATED_KEYS));
    ResultSet keys = on.get("getGeneratedKeys", () -> s.getGeneratedKeys());
    on.run("close of the keys", () -> keys.close());
    on.get("isClosed", () -> s.isClosed());
  }

  private static void closedStatements(Subject on) throws SQLException {
    String query = "select id from " + on.shells() + " where id = ?";
    Connection c = on.connection;
    PreparedStatement s = on.get("prepareStatement", () -> c.prepareStatement(query));
    on.run("close", () -> s.close());
    on.get("executeQuery", () -> s.executeQuery());
    on.run("setInt", () -> s.setInt(1, 1));
    on.run("addBatch", () -> s.addBatch());
    on.get("getMetaData", () -> s.getMetaData());
    on.get("getConnection", () -> s.getConnection());
    on.get("getMaxRows", () -> s.getMaxRows());
    on.run("setMaxRows", () -> s.setMaxRows(1));
    on.get("getUpdateCount", () -> s.getUpdateCount());
    on.get("getMoreResults", () -> s.getMoreResults());
    on.run("cancel", () -> s.cancel());
    on.get("isPoolable", () -> s.isPoolable());
    on.get("isCloseOnCompletion", () -> s.isCloseOnCompletion());
    on.run("closeOnCompletion", () -> s.closeOnCompletion());
    on.get("getQueryTimeout", () -> s.getQueryTimeout());
    on.get("getFetchSize", () -> s.getFetchSize());
    on.run("clearParameters", () -> s.clearParameters());
    on.get("isClosed", () -> s.isClosed());
    on.query("the connection works", "select count(*) from " + on.name("shell"));
  }

  private static void many(Subject on) throws SQLException {
    String query = "select id from " + on.shells();
    Connection c = on.connection;
    for (int i = 0; i < 20; i++) {
      PreparedStatement s = on.get("prepareStatement", () -> c.prepareStatement(query));
      on.get("rows", () -> s.executeQuery().next());
    }
    on.run("close of all with the connection", () -> c.close());
  }
}
