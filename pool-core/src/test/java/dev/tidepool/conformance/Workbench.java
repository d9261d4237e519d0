package dev.tidepool.conformance;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.UUID;

/**
 * Tables and routines of one probe, made and dropped on connections of their own. The names are the
 * same for driver and pool, as results quote them, and no other's on a server that is shared.
 */
final class Workbench implements AutoCloseable {
  private static final String RUN =
      "tp" + UUID.randomUUID().toString().replace("-", "").substring(0, 8);

  private final Database database;
  private final String prefix;
  private final Deque<String> undo = new ArrayDeque<>();

  Workbench(Database database, int number) {
    this.database = database;
    this.prefix = RUN + "_" + number + "_";
  }

  /** The full name of a thing of this probe. */
  String name(String part) {
    String name = prefix + part;
    return database == Database.H2 ? name.toUpperCase(Locale.ROOT) : name;
  }

  /** Runs a statement now, and another after the probe. */
  void make(String sql, String undoing) throws SQLException {
    database.execute(sql);
    undo.push(undoing);
  }

  @Override
  public void close() throws SQLException {
    while (!undo.isEmpty()) {
      database.execute(undo.pop());
    }
  }
}
