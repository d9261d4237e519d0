package dev.tidepool.conformance;

import java.sql.Blob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.NullUnmarked;

/**
 * What one borrower leaves behind, and what the next one finds: the same as on a connection that is
 * new.
 */
@NullUnmarked // drivers answer null
final class NextBorrower {
  static final Area AREA =
      Area.of(
          "state between borrowers",
          after("nothing", on -> on.note("used for", "nothing")),
          after("auto-commit off", on -> on.connection.setAutoCommit(false)),
          after("open transaction", NextBorrower::openTransaction),
          after("failed transaction", NextBorrower::failedTransaction),
          after("open savepoint", NextBorrower::openSavepoint),
          after("read-only", on -> set(on, c -> c.setReadOnly(true))),
          after("read-only and open transaction", NextBorrower::readOnlyTransaction),
          after("isolation", on -> set(on, c -> c.setTransactionIsolation(8))),
          after("isolation and open transaction", NextBorrower::isolatedTransaction),
          after("catalog", on -> set(on, c -> c.setCatalog("information_schema"))),
          after("schema", NextBorrower::schema),
          after("holdability", on -> set(on, c -> c.setHoldability(2))),
          after("network timeout", on -> set(on, c -> c.setNetworkTimeout(Runnable::run, 9_000))),
          after("client info", on -> set(on, c -> c.setClientInfo("ApplicationName", "mine"))),
          after("client info, all", NextBorrower::allClientInfo),
          after("client info refused", on -> set(on, c -> c.setClientInfo("nobody", "mine"))),
          after("client info changed in place", NextBorrower::clientInfoInPlace),
          after("type map", on -> set(on, c -> c.setTypeMap(Map.of("point", String.class)))),
          after("type map changed in place", NextBorrower::typeMapInPlace),
          after("type map changed and set", NextBorrower::typeMapChangedAndSet),
          after("warnings", NextBorrower::warnings),
          after("open cursor", NextBorrower::openCursor),
          after("half-made row", NextBorrower::halfMadeRow),
          after("batch not executed", NextBorrower::openBatch),
          after("query timeout", NextBorrower::queryTimeout),
          after("statement with limits", NextBorrower::limits),
          after("locked rows", NextBorrower::lockedRows),
          after("large object", NextBorrower::largeObject),
          after("transaction begun by a statement", NextBorrower::begunByStatement),
          after("auto-commit turned off by a statement", NextBorrower::offByStatement)
              .only(Database.H2, Database.MARIADB),
          after("refused calls", NextBorrower::refused),
          after("unwrapped, auto-commit off", NextBorrower::unwrapped),
          after("everything at once", NextBorrower::everything));

  private NextBorrower() {}

  /** A change of the connection. */
  private interface Change {
    void make(Connection connection) throws SQLException;
  }

  private static Probe after(String what, Probe.Body first) {
    return Probe.of("after: " + what, first, NextBorrower::look);
  }

  private static void set(Subject on, Change change) {
    on.run("change", () -> change.make(on.connection));
  }

  private static void look(Subject on) throws SQLException {
    Connection c = on.connection;
    on.get("getAutoCommit", () -> c.getAutoCommit());
    on.get("isReadOnly", () -> c.isReadOnly());
    on.get("getTransactionIsolation", () -> c.getTransactionIsolation());
    on.get("getCatalog", () -> c.getCatalog());
    on.get("getSchema", () -> c.getSchema());
    on.get("getHoldability", () -> c.getHoldability());
    on.get("getNetworkTimeout", () -> c.getNetworkTimeout());
    on.get("getClientInfo", () -> c.getClientInfo());
    on.get("getTypeMap", () -> c.getTypeMap());
    on.get("getWarnings", () -> c.getWarnings());
    on.query("as the server sees it", serverView(on.database));
    // Where the first one had a table.
    on.query("rows of the first", "select id from " + on.name("shell") + " order by id");
    String own = on.table("own", "id int, name varchar(20)");
    on.execute("a write", "insert into " + own + " values (100, 'next')");
    on.observe("is committed", "select count(*) from " + own + " where id = 100");
    Statement s = on.get("createStatement", () -> c.createStatement());
    on.get("getQueryTimeout", () -> s.getQueryTimeout());
    on.get("getMaxRows", () -> s.getMaxRows());
    on.get("getResultSetHoldability", () -> s.getResultSetHoldability());
    on.get("isValid", () -> c.isValid(5));
  }

  private static String serverView(Database database) {
    return switch (database) {
      case H2 ->
          "select isolation_level, contains_uncommitted, schema(), database()"
              + " from information_schema.sessions where session_id = session_id()";
      case POSTGRES ->
          "select current_setting('transaction_isolation'),"
              + " current_setting('default_transaction_isolation'),"
              + " current_setting('transaction_read_only'),"
              + " current_setting('default_transaction_read_only'),"
              + " current_setting('search_path'), current_setting('application_name'),"
              + " current_database(), now() = statement_timestamp() as no_transaction,"
              + " (select count(*) from pg_cursors where name <> '') as cursors,"
              + " (select count(*) from pg_locks where pid = pg_backend_pid()"
              + " and mode like '%Exclusive%' and locktype = 'relation') as locks";
      case MARIADB ->
          "show session variables where variable_name in ('tx_isolation', 'transaction_isolation',"
              + " 'tx_read_only', 'transaction_read_only', 'autocommit', 'sql_mode',"
              + " 'sql_select_limit', 'max_statement_time', 'in_transaction',"
              + " 'character_set_client', 'time_zone')";
    };
  }

  private static String begun(Subject on) throws SQLException {
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> on.connection.setAutoCommit(false));
    on.execute("insert", "insert into " + table + " values (4, 'not committed')");
    return table;
  }

  private static void openTransaction(Subject on) throws SQLException {
    begun(on);
  }

  private static void failedTransaction(Subject on) throws SQLException {
    String table = begun(on);
    on.execute("duplicate", "insert into " + table + " values (4, 'twice')");
    on.execute("after the failure", "insert into " + table + " values (5, 'never')");
  }

  private static void openSavepoint(Subject on) throws SQLException {
    String table = begun(on);
    on.get("setSavepoint", () -> on.connection.setSavepoint("reef"));
    on.execute("insert", "insert into " + table + " values (5, 'not committed')");
  }

  private static void readOnlyTransaction(Subject on) throws SQLException {
    String table = on.shells();
    set(on, c -> c.setReadOnly(true));
    set(on, c -> c.setAutoCommit(false));
    on.query("a transaction begins", "select count(*) from " + table);
  }

  private static void isolatedTransaction(Subject on) throws SQLException {
    String table = on.shells();
    set(on, c -> c.setTransactionIsolation(8));
    set(on, c -> c.setAutoCommit(false));
    on.query("a transaction begins", "select count(*) from " + table);
  }

  private static void schema(Subject on) {
    String name = on.database == Database.H2 ? "INFORMATION_SCHEMA" : "information_schema";
    set(on, c -> c.setSchema(name));
  }

  private static void allClientInfo(Subject on) {
    Properties mine = new Properties();
    mine.setProperty("ApplicationName", "mine");
    set(on, c -> c.setClientInfo(mine));
    set(on, c -> c.setClientInfo("nobody", "knows"));
  }

  private static void clientInfoInPlace(Subject on) {
    on.run("put", () -> on.connection.getClientInfo().setProperty("ClientUser", "mine"));
  }

  private static void typeMapInPlace(Subject on) {
    on.run(
        "put",
        () -> {
          Map<String, Class<?>> map = on.connection.getTypeMap();
          if (map != null) {
            map.put("point", String.class);
          }
        });
  }

  /** The way that JDBC itself teaches. */
  private static void typeMapChangedAndSet(Subject on) {
    on.run(
        "put and set",
        () -> {
          Map<String, Class<?>> map = on.connection.getTypeMap();
          if (map != null) {
            map.put("point", String.class);
          }
          on.connection.setTypeMap(map);
        });
  }

  private static void warnings(Subject on) {
    on.execute(
        "a warning",
        switch (on.database) {
          case H2 -> "select 1";
          case POSTGRES -> "do $$ begin raise warning 'ebb'; end $$";
          case MARIADB -> "drop table if exists " + on.name("nowhere");
        });
    on.get("setClientInfo", () -> on.connection.createStatement(1005, 1008));
  }

  private static void openCursor(Subject on) throws SQLException {
    String table = begun(on);
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("setFetchSize", () -> s.setFetchSize(1));
    on.get("next", () -> s.executeQuery("select id from " + table).next());
  }

  private static void halfMadeRow(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement(1004, 1008));
    ResultSet rows = on.get("query", () -> s.executeQuery("select id, name from " + table));
    on.run("moveToInsertRow", () -> rows.moveToInsertRow());
    on.run("updateInt", () -> rows.updateInt(1, 7));
  }

  private static void openBatch(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("addBatch", () -> s.addBatch("insert into " + table + " values (8, 'never')"));
  }

  private static void queryTimeout(Subject on) {
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("setQueryTimeout", () -> s.setQueryTimeout(50));
    on.run("close", () -> s.close());
    on.get("the next one's", () -> on.connection.createStatement().getQueryTimeout());
  }

  /** What a driver refuses by itself changes nothing, and costs no session. */
  private static void refused(Subject on) {
    Connection c = on.connection;
    set(on, x -> x.setTransactionIsolation(77));
    set(on, x -> x.setHoldability(77));
    set(on, x -> x.setNetworkTimeout(Runnable::run, -1));
    set(on, x -> x.setTypeMap(Map.of("nobody", String.class)));
    on.get("prepareStatement", () -> c.prepareStatement("select 1", new int[] {1}));
    on.get("createStatement", () -> c.createStatement(77, 77));
    on.get("createArrayOf", () -> c.createArrayOf("nobody", new Object[] {1}));
    on.get("createStruct", () -> c.createStruct("nobody", new Object[] {1}));
    on.get("setSavepoint", () -> c.setSavepoint());
  }

  private static void limits(Subject on) throws SQLException {
    String table = on.shells();
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.run("setMaxRows", () -> s.setMaxRows(1));
    on.run("setQueryTimeout", () -> s.setQueryTimeout(60));
    on.get("rows", () -> Subject.rest(s.executeQuery("select id from " + table + " order by id")));
  }

  private static void lockedRows(Subject on) throws SQLException {
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> on.connection.setAutoCommit(false));
    on.query("select for update", "select id from " + table + " for update");
  }

  /** It can open a transaction behind the back of the connection. */
  private static void largeObject(Subject on) throws SQLException {
    String table = on.database == Database.POSTGRES ? on.table("large", "o oid") : on.shells();
    Connection c = on.connection;
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    if (on.database == Database.POSTGRES) {
      on.make("select 1", "select lo_unlink(o) from " + table);
      on.execute("insert", "insert into " + table + " values (lo_from_bytea(0, 'abc'))");
      on.run("commit", c::commit);
      Statement s = on.get("createStatement", () -> c.createStatement());
      ResultSet rows = on.get("query", () -> s.executeQuery("select o from " + table));
      on.get("next", () -> rows.next());
      Blob blob = on.get("getBlob", () -> rows.getBlob(1));
      on.run("commit", c::commit);
      on.get("length", () -> blob.length());
    } else {
      Blob blob = on.get("createBlob", () -> c.createBlob());
      on.run("commit", c::commit);
      on.get("setBytes", () -> blob.setBytes(1, new byte[] {1}));
    }
  }

  private static void begunByStatement(Subject on) throws SQLException {
    String table = on.shells();
    on.execute("begin", on.database == Database.MARIADB ? "start transaction" : "begin");
    on.execute("insert", "insert into " + table + " values (4, 'not committed')");
    on.observe("for others", "select count(*) from " + table);
  }

  private static void offByStatement(Subject on) throws SQLException {
    String table = on.shells();
    on.execute("off", on.database == Database.H2 ? "set autocommit off" : "set autocommit = 0");
    on.execute("insert", "insert into " + table + " values (4, 'not committed')");
    on.observe("for others", "select count(*) from " + table);
  }

  private static void unwrapped(Subject on) throws SQLException {
    String table = on.shells();
    on.run(
        "behind the pool's back",
        () -> {
          Connection driver = on.connection.unwrap(Connection.class);
          driver.setAutoCommit(false);
          driver.createStatement().execute("insert into " + table + " values (4, 'behind')");
        });
  }

  private static void everything(Subject on) throws SQLException {
    String table = on.shells();
    set(on, c -> c.setTransactionIsolation(8));
    set(on, c -> c.setHoldability(2));
    set(on, c -> c.setNetworkTimeout(Runnable::run, 9_000));
    set(on, c -> c.setClientInfo("ApplicationName", "mine"));
    set(on, c -> c.setTypeMap(Map.of("point", String.class)));
    schema(on);
    set(on, c -> c.setCatalog("information_schema"));
    set(on, c -> c.setAutoCommit(false));
    on.execute("insert", "insert into " + table + " values (4, 'not committed')");
    on.execute("nonsense", "selekt 1");
    set(on, c -> c.setReadOnly(true));
  }
}
