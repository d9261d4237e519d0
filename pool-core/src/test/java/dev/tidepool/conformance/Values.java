package dev.tidepool.conformance;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** Setters and getters of single values, by every type that JDBC has. */
@NullUnmarked // drivers answer null
final class Values {
  static final Area AREA =
      Area.of(
          "parameters and columns",
          Probe.of("numbers", Values::numbers),
          Probe.of("texts", Values::texts),
          Probe.of("times", Values::times),
          Probe.of("objects", Values::objects),
          Probe.of("nothing", Values::nothing));

  private Values() {}

  private static Calendar utc() {
    return new GregorianCalendar(TimeZone.getTimeZone("UTC"));
  }

  private static void numbers(Subject on) throws SQLException {
    String table =
        on.table("number", "i int, l bigint, d decimal(12,3), f double precision, s smallint");
    Connection c = on.connection;
    String sql = "insert into " + table + " values (?, ?, ?, ?, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setInt", () -> p.setInt(1, 7));
    on.run("setLong", () -> p.setLong(2, 1L << 40));
    on.run("setBigDecimal", () -> p.setBigDecimal(3, new BigDecimal("12.345")));
    on.run("setDouble", () -> p.setDouble(4, 1.5));
    on.run("setShort", () -> p.setShort(5, (short) 3));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setByte", () -> p.setByte(1, (byte) 1));
    on.run("setFloat", () -> p.setFloat(4, 2.5f));
    on.run("setBoolean", () -> p.setBoolean(5, true));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select * from " + table));
    on.get("next", () -> rows.next());
    for (int i = 1; i <= 5; i++) {
      int column = i;
      on.get("getByte", () -> rows.getByte(column));
      on.get("getShort", () -> rows.getShort(column));
      on.get("getInt", () -> rows.getInt(column));
      on.get("getLong", () -> rows.getLong(column));
      on.get("getFloat", () -> rows.getFloat(column));
      on.get("getDouble", () -> rows.getDouble(column));
      on.get("getBigDecimal", () -> rows.getBigDecimal(column));
      on.get("getBoolean", () -> rows.getBoolean(column));
      on.get("getString", () -> rows.getString(column));
      on.get("getDate", () -> rows.getDate(column));
      on.get("getObject", () -> rows.getObject(column));
    }
  }

  private static void texts(Subject on) throws SQLException {
    String table = on.table("text", "t varchar(90)", "'w\u00f6rter'", "'42'", "''", "null");
    ResultSet rows =
        on.get(
            "query", () -> on.connection.createStatement().executeQuery("select t from " + table));
    for (int i = 0; i < 4; i++) {
      on.get("next", () -> rows.next());
      on.get("getString", () -> rows.getString("t"));
      on.get("getNString", () -> rows.getNString(1));
      on.get("getCharacterStream", () -> rows.getCharacterStream(1));
      on.get("getNCharacterStream", () -> rows.getNCharacterStream(1));
      on.get("getAsciiStream", () -> rows.getAsciiStream(1));
      on.get("getBinaryStream", () -> rows.getBinaryStream(1));
      on.get("getBytes", () -> rows.getBytes(1));
      on.get("getInt", () -> rows.getInt(1));
      on.get("getBoolean", () -> rows.getBoolean(1));
      on.get("getURL", () -> rows.getURL(1));
      on.get("wasNull", () -> rows.wasNull());
    }
  }

  private static void times(Subject on) throws SQLException {
    String stamp = on.database == Database.MARIADB ? "datetime" : "timestamp";
    String table = on.table("time", "d date, t time, s " + stamp);
    Connection c = on.connection;
    String sql = "insert into " + table + " values (?, ?, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setDate", () -> p.setDate(1, Date.valueOf("2024-02-29")));
    on.run("setTime", () -> p.setTime(2, Time.valueOf("12:34:56")));
    on.run("setTimestamp", () -> p.setTimestamp(3, Timestamp.valueOf("2024-02-29 12:34:56")));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setDate(calendar)", () -> p.setDate(1, Date.valueOf("2024-02-29"), utc()));
    on.run("setTime(calendar)", () -> p.setTime(2, Time.valueOf("12:34:56"), utc()));
    on.run("setObject", () -> p.setObject(3, LocalDateTime.of(2024, 2, 29, 1, 2)));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select d, t, s from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      on.get("getDate", () -> rows.getDate(1));
      on.get("getDate(calendar)", () -> rows.getDate(1, utc()));
      on.get("getTime", () -> rows.getTime(2));
      on.get("getTime(calendar)", () -> rows.getTime("t", utc()));
      on.get("getTimestamp", () -> rows.getTimestamp(3));
      on.get("getTimestamp(calendar)", () -> rows.getTimestamp("s", utc()));
      on.get("LocalDate", () -> rows.getObject(1, LocalDate.class));
      on.get("LocalTime", () -> rows.getObject(2, LocalTime.class));
      on.get("LocalDateTime", () -> rows.getObject(3, LocalDateTime.class));
      on.get("OffsetDateTime", () -> rows.getObject(3, OffsetDateTime.class));
      on.get("getString", () -> rows.getString(3));
    }
  }

  private static void objects(Subject on) throws SQLException {
    String table = on.shells();
    Connection c = on.connection;
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select id, name from " + table));
    on.get("next", () -> rows.next());
    on.get("getObject(map)", () -> rows.getObject(1, Map.of()));
    on.get("getObject(map, name)", () -> rows.getObject("name", Map.of("x", String.class)));
    on.get("getObject(Integer)", () -> rows.getObject(1, Integer.class));
    on.get("getObject(Long)", () -> rows.getObject("id", Long.class));
    on.get("getObject(String)", () -> rows.getObject(1, String.class));
    on.get("getObject(UUID)", () -> rows.getObject(2, UUID.class));
    on.get("getObject(Object)", () -> rows.getObject(2, Object.class));
    on.get("getObject(null type)", () -> rows.getObject(2, (Class<?>) null));
    on.get("getObject(Thread)", () -> rows.getObject(2, Thread.class));
    on.get("getArray of no array", () -> rows.getArray(1));
    on.get("getRef", () -> rows.getRef(1));
    on.get("getRowId", () -> rows.getRowId(1));
    on.get("getSQLXML", () -> rows.getSQLXML(2));
    String sql = "select ?";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setObject(text)", () -> p.setObject(1, "text"));
    on.get("rows", () -> Subject.rest(p.executeQuery()));
    on.run("setObject(type)", () -> p.setObject(1, "42", Types.INTEGER));
    on.get("rows", () -> Subject.rest(p.executeQuery()));
    on.run("setObject(JDBCType)", () -> p.setObject(1, 42, JDBCType.VARCHAR));
    on.get("rows", () -> Subject.rest(p.executeQuery()));
    on.run("setObject(scale)", () -> p.setObject(1, 4.25, Types.DECIMAL, 1));
    on.get("rows", () -> Subject.rest(p.executeQuery()));
    on.run("setObject(thread)", () -> p.setObject(1, Map.of()));
    on.run("setRowId", () -> p.setRowId(1, null));
    on.run("setRef", () -> p.setRef(1, null));
    on.run("setURL", () -> p.setURL(1, null));
  }

  private static void nothing(Subject on) throws SQLException {
    String table = on.table("nil", "id int, name varchar(9)");
    String sql = "insert into " + table + " values (?, ?)";
    PreparedStatement p = on.get("prepare", () -> on.connection.prepareStatement(sql));
    on.run("setNull", () -> p.setNull(1, Types.INTEGER));
    on.run("setNull(type name)", () -> p.setNull(2, Types.VARCHAR, "varchar"));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setObject(null)", () -> p.setObject(1, null));
    on.run("setString(null)", () -> p.setString(2, null));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get(
            "query", () -> on.connection.createStatement().executeQuery("select * from " + table));
    on.get("next", () -> rows.next());
    on.get("getInt", () -> rows.getInt(1));
    on.get("wasNull", () -> rows.wasNull());
    on.get("getObject", () -> rows.getObject(2));
    on.get("getObject(Integer)", () -> rows.getObject(1, Integer.class));
    on.get("getBlob", () -> rows.getBlob(2));
    on.get("getClob", () -> rows.getClob(2));
    on.get("getArray", () -> rows.getArray(2));
    on.get("getTimestamp", () -> rows.getTimestamp(2));
  }
}
