package dev.tidepool.conformance;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLXML;
import org.jspecify.annotations.NullUnmarked;

/** Blobs, clobs, XML: made, written, read back, freed. */
@NullUnmarked // drivers answer null
final class LargeObjects {
  static final Area AREA =
      Area.of(
          "large objects",
          Probe.of("blob", LargeObjects::blob),
          Probe.of("clob", LargeObjects::clob),
          Probe.of("national clob", LargeObjects::nClob),
          Probe.of("streams", LargeObjects::streams),
          Probe.of("XML", LargeObjects::xml),
          Probe.of("large object of PostgreSQL", LargeObjects::oid).only(Database.POSTGRES));

  private LargeObjects() {}

  private static String table(Subject on) throws SQLException {
    return switch (on.database) {
      case H2 -> on.table("large", "id int, b blob, c clob");
      case POSTGRES -> on.table("large", "id int, b bytea, c text");
      case MARIADB -> on.table("large", "id int, b longblob, c longtext");
    };
  }

  private static void blob(Subject on) throws SQLException {
    String table = table(on);
    Connection c = on.connection;
    Blob made = on.get("createBlob", () -> c.createBlob());
    on.get("setBytes", () -> made.setBytes(1, new byte[] {1, 2, 3, 4}));
    on.get("length", () -> made.length());
    on.get("getBytes", () -> made.getBytes(2, 2));
    on.run("truncate", () -> made.truncate(3));
    on.get("position", () -> made.position(new byte[] {2}, 1));
    String sql = "insert into " + table + " (id, b) values (1, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setBlob", () -> p.setBlob(1, made));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setBytes", () -> p.setBytes(1, new byte[] {9, 8, 7}));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("free", () -> made.free());
    on.get("length after free", () -> made.length());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select b from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      on.get("getBytes", () -> rows.getBytes(1));
      on.get("getBinaryStream", () -> rows.getBinaryStream(1));
      Blob found = on.get("getBlob", () -> rows.getBlob(1));
      on.get("length", () -> found.length());
      on.get("getBytes", () -> found.getBytes(1, 9));
      on.get("getBytes out of range", () -> found.getBytes(0, 1));
      on.get("getBinaryStream", () -> found.getBinaryStream());
      on.get("getBinaryStream(part)", () -> found.getBinaryStream(2, 1));
      on.run("free", () -> found.free());
      on.kind("getObject", () -> rows.getObject(1));
    }
  }

  private static void clob(Subject on) throws SQLException {
    String table = table(on);
    Connection c = on.connection;
    Clob made = on.get("createClob", () -> c.createClob());
    on.get("setString", () -> made.setString(1, "tide pool"));
    on.get("getSubString", () -> made.getSubString(6, 4));
    on.run("setCharacterStream", () -> append(made));
    on.get("length", () -> made.length());
    on.get("position", () -> made.position("pool", 1));
    on.get("getAsciiStream", () -> made.getAsciiStream());
    String sql = "insert into " + table + " (id, c) values (1, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setClob", () -> p.setClob(1, made));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setClob(reader)", () -> p.setClob(1, new StringReader("reader")));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setString", () -> p.setString(1, "string"));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select c from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      on.get("getString", () -> rows.getString(1));
      Clob found = on.get("getClob", () -> rows.getClob(1));
      on.get("getSubString", () -> found.getSubString(1, 99));
      on.get("getCharacterStream", () -> found.getCharacterStream());
      on.run("free", () -> found.free());
      on.kind("getObject", () -> rows.getObject(1));
    }
  }

  private static void append(Clob made) throws Exception {
    try (Writer writer = made.setCharacterStream(10)) {
      writer.write(" at ebb");
    }
  }

  private static void nClob(Subject on) throws SQLException {
    String table = table(on);
    Connection c = on.connection;
    NClob made = on.get("createNClob", () -> c.createNClob());
    on.get("setString", () -> made.setString(1, "w\u00f6rter"));
    String sql = "insert into " + table + " (id, c) values (1, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setNClob", () -> p.setNClob(1, made));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setNString", () -> p.setNString(1, "n"));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setNCharacterStream", () -> p.setNCharacterStream(1, new StringReader("s")));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select c from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      on.get("getNString", () -> rows.getNString(1));
      NClob found = on.get("getNClob", () -> rows.getNClob(1));
      on.get("getSubString", () -> found.getSubString(1, 99));
    }
  }

  private static void streams(Subject on) throws SQLException {
    String table = table(on);
    byte[] bytes = "stream".getBytes(StandardCharsets.US_ASCII);
    Connection c = on.connection;
    String sql = "insert into " + table + " values (1, ?, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setBinaryStream", () -> p.setBinaryStream(1, new ByteArrayInputStream(bytes)));
    on.run("setCharacterStream", () -> p.setCharacterStream(2, new StringReader("text")));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setBinaryStream(int)", () -> p.setBinaryStream(1, new ByteArrayInputStream(bytes), 3));
    on.run("setCharacterStream(int)", () -> p.setCharacterStream(2, new StringReader("text"), 2));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run(
        "setBinaryStream(long)", () -> p.setBinaryStream(1, new ByteArrayInputStream(bytes), 3L));
    on.run("setAsciiStream", () -> p.setAsciiStream(2, new ByteArrayInputStream(bytes)));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run("setBlob(stream)", () -> p.setBlob(1, new ByteArrayInputStream(bytes)));
    on.run("setAsciiStream(int)", () -> p.setAsciiStream(2, new ByteArrayInputStream(bytes), 2));
    on.get("executeUpdate", () -> p.executeUpdate());
    on.run(
        "stream that is too short",
        () -> p.setBinaryStream(1, new ByteArrayInputStream(bytes), 99));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select b, c from " + table));
    while (Boolean.TRUE.equals(on.get("next", () -> rows.next()))) {
      on.get("getBytes", () -> rows.getBytes(1));
      on.get("getString", () -> rows.getString(2));
    }
  }

  private static void xml(Subject on) throws SQLException {
    Connection c = on.connection;
    SQLXML made = on.get("createSQLXML", () -> c.createSQLXML());
    on.run("setString", () -> made.setString("<tide><pool/></tide>"));
    if (on.database == Database.POSTGRES) {
      PreparedStatement p = on.get("prepare", () -> c.prepareStatement("select ?::xml"));
      on.run("setSQLXML", () -> p.setSQLXML(1, made));
      ResultSet rows = on.get("executeQuery", () -> p.executeQuery());
      on.get("next", () -> rows.next());
      SQLXML found = on.get("getSQLXML", () -> rows.getSQLXML(1));
      on.get("getString", () -> found.getString());
      on.get("getCharacterStream", () -> found.getCharacterStream());
      on.run("free", () -> found.free());
      on.get("getString after free", () -> found.getString());
    }
    on.get("setString again", () -> made.getString());
  }

  private static void oid(Subject on) throws SQLException {
    Connection c = on.connection;
    String table = on.table("oid", "id int, o oid");
    on.run("setAutoCommit(false)", () -> c.setAutoCommit(false));
    String sql = "insert into " + table + " values (1, ?)";
    PreparedStatement p = on.get("prepare", () -> c.prepareStatement(sql));
    on.run("setBlob", () -> p.setBlob(1, new ByteArrayInputStream(new byte[] {1, 2, 3}), 3));
    on.get("executeUpdate", () -> p.executeUpdate());
    ResultSet rows =
        on.get("query", () -> c.createStatement().executeQuery("select o from " + table));
    on.get("next", () -> rows.next());
    Blob blob = on.get("getBlob", () -> rows.getBlob(1));
    on.get("length", () -> blob.length());
    on.get("getBytes", () -> blob.getBytes(1, 3));
    on.run("setBinaryStream", () -> write(blob));
    on.get("getBinaryStream", () -> blob.getBinaryStream());
    on.run("commit", c::commit);
    on.get("length after the commit", () -> blob.length());
    on.query("all gone", "select lo_unlink(o) from " + table);
    on.run("commit", c::commit);
  }

  private static void write(Blob blob) throws Exception {
    try (OutputStream stream = blob.setBinaryStream(2)) {
      stream.write(new byte[] {7, 7, 7});
    }
  }
}
