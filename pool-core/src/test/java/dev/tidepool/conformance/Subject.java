package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** What a body works with: a connection, the transcript, and the preparation that is not noted. */
@NullUnmarked // drivers answer null
final class Subject {
  final Connection connection;
  final Database database;
  private final Transcript transcript;
  private final Workbench bench;

  Subject(Connection connection, Database database, Transcript transcript, Workbench bench) {
    this.connection = connection;
    this.database = database;
    this.transcript = transcript;
    this.bench = bench;
  }

  /** See {@link Transcript#get}. */
  <T> T get(String what, Transcript.Call<T> call) {
    return transcript.get(what, call);
  }

  /** See {@link Transcript#run}. */
  void run(String what, Transcript.Step step) {
    transcript.run(what, step);
  }

  /** See {@link Transcript#kind}. */
  void kind(String what, Transcript.Call<?> call) {
    transcript.kind(what, call);
  }

  /** See {@link Transcript#note}. */
  void note(String what, Object value) {
    transcript.note(what, value);
  }

  /** The full name of a thing of this probe, the same in all its bodies. */
  String name(String part) {
    return bench.name(part);
  }

  /** A table for the time of the probe; its full name. */
  String table(String part, String columns, String... rows) throws SQLException {
    String table = name(part);
    bench.make("create table " + table + " (" + columns + ")", "drop table " + table);
    for (String row : rows) {
      database.execute("insert into " + table + " values (" + row + ")");
    }
    return table;
  }

  /** The usual table: {@code id int primary key, name varchar(20)}, three rows. */
  String shells() throws SQLException {
    return table("shell", "id int primary key, name varchar(20)", "1, 'a'", "2, 'b'", "3, 'c'");
  }

  /** Runs a statement on a connection of its own, and another after the probe. */
  void make(String sql, String undoing) throws SQLException {
    bench.make(sql, undoing);
  }

  /** Notes what another session sees. */
  void observe(String what, String sql) {
    get(what, () -> database.execute(sql));
  }

  /** Executes something and notes how that went. */
  void execute(String what, String sql) {
    get(
        what,
        () -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  /** Notes the rows of a query. */
  void query(String what, String sql) {
    get(
        what,
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            return rest(rows);
          }
        });
  }

  /** All rows from here on, as lists of their columns. */
  static List<List<Object>> rest(ResultSet rows) throws SQLException {
    List<List<Object>> all = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        row.add(rows.getObject(i));
      }
      all.add(row);
    }
    return all;
  }
}
