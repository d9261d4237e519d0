package dev.tidepool.examples.lab;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of the lab. Closing it stops an embedded one; the end of the JVM, Ctrl-C included,
 * does too.
 */
final class Server implements AutoCloseable {
  private static final String IDLE_LIMIT = "2s";

  private final String url;
  private final @Nullable EmbeddedPostgres embedded;
  private final String idleLimit;

  private Server(String url, @Nullable EmbeddedPostgres embedded, String idleLimit) {
    this.url = url;
    this.embedded = embedded;
    this.idleLimit = idleLimit;
  }

  /**
   * Starts an embedded server that kills idle sessions.
   *
   * @throws IOException if it does not start here
   */
  static Server embedded() throws IOException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("idle_session_timeout", IDLE_LIMIT)
            .setServerConfig("fsync", "off")
            .setRegisterShutdownHook(true)
            .start();
    return new Server(
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres",
        postgres,
        IDLE_LIMIT);
  }

  /** A server that runs already and stays as it is. */
  static Server given(String url) {
    return given(url, IDLE_LIMIT);
  }

  /** The same; sessions of the lab are killed when they are idle for so long. */
  static Server given(String url, String idleLimit) {
    return new Server(url, null, idleLimit);
  }

  /** For how long a session of the lab may be idle, as the server shows it. */
  String idleLimit() {
    return idleLimit;
  }

  String url() {
    return url;
  }

  /**
   * For the driver: whatever the server's own setting, sessions of the lab are killed when idle.
   */
  Properties mortal() {
    return withIdleLimit(idleLimit);
  }

  /** A session that is never killed for being idle. */
  Connection observer() throws SQLException {
    return DriverManager.getConnection(url, withIdleLimit("0"));
  }

  private static Properties withIdleLimit(String limit) {
    Properties properties = new Properties();
    properties.setProperty("options", "-c idle_session_timeout=" + limit);
    return properties;
  }

  /** Such as {@code PostgreSQL 17.11, embedded}. */
  String describe(Connection connection) throws SQLException {
    return "PostgreSQL "
        + connection.getMetaData().getDatabaseProductVersion()
        + (embedded == null ? ", yours" : ", embedded, port " + embedded.getPort());
  }

  @Override
  public void close() throws IOException {
    if (embedded != null) {
      embedded.close();
    }
  }
}
