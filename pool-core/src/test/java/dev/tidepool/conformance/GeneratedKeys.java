package dev.tidepool.conformance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.NullUnmarked;

/** Keys that the database makes, by every way of asking for them. */
@NullUnmarked // drivers answer null
final class GeneratedKeys {
  static final Area AREA =
      Area.of(
          "generated keys",
          Probe.of("of a statement", GeneratedKeys::statement),
          Probe.of("of a prepared statement", GeneratedKeys::prepared),
          Probe.of("not asked for", GeneratedKeys::notAskedFor),
          Probe.of("identity", GeneratedKeys::identity));

  private GeneratedKeys() {}

  private static String keyed(Subject on) throws SQLException {
    return on.table("keyed", "id " + on.database.generatedKey() + ", name varchar(20)");
  }

  /** A column as this database writes names. */
  private static String id(Subject on) {
    return on.database == Database.H2 ? "id".toUpperCase(Locale.ROOT) : "id";
  }

  private static void statement(Subject on) throws SQLException {
    String insert = "insert into " + keyed(on) + " (name) values ('a')";
    String[] names = {id(on)};
    int[] indexes = {1};
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("flag", () -> s.executeUpdate(insert, Statement.RETURN_GENERATED_KEYS));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("names", () -> s.executeUpdate(insert, names));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("indexes", () -> s.executeUpdate(insert, indexes));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("execute, flag", () -> s.execute(insert, Statement.RETURN_GENERATED_KEYS));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("execute, names", () -> s.execute(insert, names));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("execute, indexes", () -> s.execute(insert, indexes));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("large, flag", () -> s.executeLargeUpdate(insert, Statement.RETURN_GENERATED_KEYS));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("unknown name", () -> s.executeUpdate(insert, new String[] {"nobody"}));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("unknown flag", () -> s.executeUpdate(insert, 77));
  }

  private static void prepared(Subject on) throws SQLException {
    Connection c = on.connection;
    String insert = "insert into " + keyed(on) + " (name) values (?)";
    PreparedStatement flag =
        on.get("flag", () -> c.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS));
    on.run("setString", () -> flag.setString(1, "a"));
    on.get("executeUpdate", () -> flag.executeUpdate());
    on.get("keys", () -> Subject.rest(flag.getGeneratedKeys()));
    PreparedStatement names =
        on.get("names", () -> c.prepareStatement(insert, new String[] {id(on)}));
    on.run("setString", () -> names.setString(1, "b"));
    on.get("execute", () -> names.execute());
    on.get("keys", () -> Subject.rest(names.getGeneratedKeys()));
    PreparedStatement indexes = on.get("indexes", () -> c.prepareStatement(insert, new int[] {1}));
    on.run("setString", () -> indexes.setString(1, "c"));
    on.get("executeLargeUpdate", () -> indexes.executeLargeUpdate());
    on.get("keys", () -> Subject.rest(indexes.getGeneratedKeys()));
  }

  private static void notAskedFor(Subject on) throws SQLException {
    String insert = "insert into " + keyed(on) + " (name) values ('a')";
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("before anything", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("executeUpdate", () -> s.executeUpdate(insert));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
    on.get("executeUpdate", () -> s.executeUpdate(insert, Statement.NO_GENERATED_KEYS));
    on.get("keys", () -> Subject.rest(s.getGeneratedKeys()));
  }

  private static void identity(Subject on) throws SQLException {
    String insert = "insert into " + keyed(on) + " (name) values ('a')";
    Statement s = on.get("createStatement", () -> on.connection.createStatement());
    on.get("execute", () -> s.execute(insert, Statement.RETURN_GENERATED_KEYS));
    ResultSet keys = on.get("getGeneratedKeys", () -> s.getGeneratedKeys());
    on.get("getStatement", () -> keys.getStatement());
    on.get("its connection", () -> keys.getStatement().getConnection());
    on.get("getResultSet", () -> s.getResultSet());
    on.get("rows", () -> Subject.rest(keys));
    on.run("close", () -> keys.close());
    on.get("isClosed", () -> keys.isClosed());
    on.get("the statement lives", () -> s.isClosed());
    on.get("the statement works", () -> s.executeUpdate(insert));
    on.run("close", () -> s.close());
    on.get("getGeneratedKeys after close", () -> s.getGeneratedKeys());
  }
}
