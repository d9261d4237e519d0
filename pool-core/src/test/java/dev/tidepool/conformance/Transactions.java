package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.NullUnmarked;

/** Auto-commit, commit, rollback, savepoints, isolation, read-only. */
@NullUnmarked // drivers answer null
final class Transactions {
  static final Area AREA =
      Area.of(
          "savepoints and transactions",
          Probe.of("commit and rollback", Transactions::commitAndRollback),
          Probe.of("auto-commit", Transactions::autoCommit),
          Probe.of("savepoints", Transactions::savepoints),
          Probe.of("savepoints out of order", Transactions::savepointsOutOfOrder),
          Probe.of("failed statement", Transactions::failedStatement),
          Probe.of("isolation", Transactions::isolation),
          Probe.of("isolation inside a transaction", Transactions::isolationInside),
          Probe.of("read-only", Transactions::readOnly),
          Probe.of("read-only inside a transaction", Transactions::readOnlyInside),
          Probe.of("catalog and schema", Transactions::catalogAndSchema),
          Probe.of("holdability", Transactions::holdability),
          Probe.of("native SQL", Transactions::nativeSql));

  private Transactions() {}

  private static void commitAndRollback(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    String count = "select count(*) from " + table;
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.execute("insert", "insert into " + table + " values (4, 'd')");
    on.query("own count", count);
    on.observe("count of others", count);
    on.run("rollback", c::rollback);
    on.query("own count", count);
    on.execute("insert", "insert into " + table + " values (4, 'd')");
    on.run("commit", c::commit);
    on.observe("count of others", count);
    on.run("commit of nothing", c::commit);
    on.run("rollback of nothing", c::rollback);
    on.execute("delete", "delete from " + table);
  }

  private static void autoCommit(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    String count = "select count(*) from " + table;
    on.get("getAutoCommit", c::getAutoCommit);
    on.run("commit", c::commit);
    on.run("rollback", () -> c.rollback());
    on.get("setSavepoint", () -> c.setSavepoint());
    on.run("setAutoCommit(true)", () -> c.setAutoCommit(true));
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.get("getAutoCommit", c::getAutoCommit);
    on.run("setAutoCommit(false) again", () -> c.setAutoCommit(false));
    on.execute("insert", "insert into " + table + " values (4, 'd')");
    on.run("setAutoCommit(true) commits", () -> c.setAutoCommit(true));
    on.observe("count of others", count);
    on.run("rollback", () -> c.rollback());
    on.query("own count", count);
  }

  private static void savepoints(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    String ids = "select id from " + table + " order by id";
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    Savepoint first = on.get("setSavepoint", () -> c.setSavepoint());
    on.get("getSavepointName of an unnamed one", () -> first.getSavepointName());
    on.execute("insert", "insert into " + table + " values (4, 'd')");
    Savepoint named = on.get("setSavepoint(name)", () -> c.setSavepoint("reef"));
    on.get("getSavepointName", () -> named.getSavepointName());
    on.get("getSavepointId of a named one", () -> named.getSavepointId());
    on.execute("insert", "insert into " + table + " values (5, 'e')");
    on.query("all", ids);
    on.run("rollback(named)", () -> c.rollback(named));
    on.query("without the last", ids);
    on.run("rollback(named) again", () -> c.rollback(named));
    on.run("releaseSavepoint(named)", () -> c.releaseSavepoint(named));
    on.run("rollback(first)", () -> c.rollback(first));
    on.query("as at first", ids);
    on.run("commit", c::commit);
    on.observe("for others", "select count(*) from " + table);
  }

  private static void savepointsOutOfOrder(Subject on) throws SQLException {
    Connection c = on.connection;
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    Savepoint older = on.get("setSavepoint", () -> c.setSavepoint("older"));
    Savepoint newer = on.get("setSavepoint", () -> c.setSavepoint("newer"));
    on.run("rollback(older)", () -> c.rollback(older));
    on.run("rollback(newer)", () -> c.rollback(newer));
    on.run("rollback", () -> c.rollback());
    on.run("rollback(older) of an ended transaction", () -> c.rollback(older));
    on.run("rollback", () -> c.rollback());
    on.run("releaseSavepoint(older) of an ended transaction", () -> c.releaseSavepoint(older));
    on.run("rollback", () -> c.rollback());
    on.run("rollback(null)", () -> c.rollback(null));
    on.run("setSavepoint(null)", () -> c.setSavepoint(null));
    on.run("rollback", () -> c.rollback());
  }

  private static void failedStatement(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.execute("insert", "insert into " + table + " values (4, 'd')");
    on.execute("duplicate", "insert into " + table + " values (4, 'd')");
    on.query("after the failure", "select count(*) from " + table);
    on.run("commit", c::commit);
    on.query("after the commit", "select count(*) from " + table);
    on.execute("nonsense", "selekt 1");
    on.execute("unknown table", "select * from " + on.name("nowhere"));
    on.run("rollback", () -> c.rollback());
    on.query("after the rollback", "select count(*) from " + table);
    on.execute("too long", "insert into " + table + " values (9, '" + "x".repeat(99) + "')");
    on.execute("null key", "insert into " + table + " values (null, 'n')");
    on.execute("division by zero", "select 1/0 from " + table);
  }

  private static void isolation(Subject on) {
    Connection c = on.connection;
    on.get("getTransactionIsolation", c::getTransactionIsolation);
    for (int level : new int[] {8, 4, 2, 1, 0, 99, -1}) {
      on.run("setTransactionIsolation " + level, () -> c.setTransactionIsolation(level));
      on.get("getTransactionIsolation", c::getTransactionIsolation);
    }
  }

  private static void isolationInside(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.query("a transaction begins", "select count(*) from " + table);
    on.run("setTransactionIsolation(8)", () -> c.setTransactionIsolation(8));
    on.get("getTransactionIsolation", c::getTransactionIsolation);
    on.run("rollback", () -> c.rollback());
    on.run("setTransactionIsolation(8)", () -> c.setTransactionIsolation(8));
    on.query("serializable", "select count(*) from " + table);
    on.get("getTransactionIsolation", c::getTransactionIsolation);
  }

  private static void readOnly(Subject on) throws SQLException {
    Connection c = on.connection;
    String insert = "insert into " + on.shells() + " values (4, 'd')";
    on.get("isReadOnly", c::isReadOnly);
    on.run("setReadOnly(true)", () -> c.setReadOnly(true));
    on.get("isReadOnly", c::isReadOnly);
    on.execute("insert", insert);
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.execute("delete in a transaction", "delete from " + on.name("shell"));
    on.run("rollback", () -> c.rollback());
    on.run("setReadOnly(false)", () -> c.setReadOnly(false));
    on.execute("delete", "delete from " + on.name("shell"));
    on.run("rollback", () -> c.rollback());
  }

  private static void readOnlyInside(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.shells();
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    on.query("a transaction begins", "select count(*) from " + table);
    on.run("setReadOnly(true)", () -> c.setReadOnly(true));
    on.get("isReadOnly", c::isReadOnly);
    on.run("rollback", () -> c.rollback());
  }

  private static void catalogAndSchema(Subject on) {
    Connection c = on.connection;
    on.get("getCatalog", c::getCatalog);
    on.get("getSchema", c::getSchema);
    on.run("setCatalog", () -> c.setCatalog("information_schema"));
    on.get("getCatalog", c::getCatalog);
    on.run("setSchema", () -> c.setSchema("INFORMATION_SCHEMA"));
    on.get("getSchema", c::getSchema);
    on.run("setSchema(unknown)", () -> c.setSchema("nowhere at all"));
    on.get("getSchema", c::getSchema);
    on.run("setCatalog(unknown)", () -> c.setCatalog("nowhere at all"));
    on.run("setSchema(null)", () -> c.setSchema(null));
    on.run("setCatalog(null)", () -> c.setCatalog(null));
    on.get("getSchema", c::getSchema);
    on.get("getCatalog", c::getCatalog);
  }

  private static void holdability(Subject on) {
    Connection c = on.connection;
    on.get("getHoldability", c::getHoldability);
    for (int holdability : new int[] {1, 2, 3}) {
      on.run("setHoldability " + holdability, () -> c.setHoldability(holdability));
      on.get("getHoldability", c::getHoldability);
      on.get("getResultSetHoldability", () -> c.createStatement().getResultSetHoldability());
    }
  }

  private static void nativeSql(Subject on) {
    Connection c = on.connection;
    on.get("nativeSQL", () -> c.nativeSQL("select {fn upper('a')}, {d '2020-01-31'}"));
    on.query("escapes", "select {fn ucase('a')}, {d '2020-01-31'}");
    on.get("nativeSQL(null)", () -> c.nativeSQL(null));
  }
}
