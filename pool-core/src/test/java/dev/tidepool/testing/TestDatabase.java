package dev.tidepool.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Servers for tests that need nothing special of them and change nothing but what they made. Each
 * is found at first use and serves all tests of this JVM: the one whose URL stands in the
 * environment, else a container, else one started from this machine's programs, else an embedded
 * one; without any the test is skipped. What needs a server to itself takes {@link PostgresServer}
 * or {@link MariaDbServer}.
 */
public enum TestDatabase implements DatabaseServer {
  /** The embedded one is that of io.zonky.test. */
  POSTGRES("PostgreSQL", "select pg_backend_pid()") {
    @Override
    List<ServerSource> sources() {
      return List.of(
          new ServerSource("environment", () -> given("TIDEPOOL_TEST_POSTGRES_URL")),
          new ServerSource("testcontainers", Containers::postgres),
          new ServerSource("local", PostgresServer::sharedUrl),
          new ServerSource("embedded", TestDatabase::embeddedPostgres));
    }

    @Override
    public String idleLimit(Duration limit) {
      return url("options=-c%20idle_session_timeout=" + limit.toMillis());
    }

    @Override
    public void kill(Collection<String> sessions) throws SQLException {
      String ids = String.join(",", sessions);
      execute("select pg_terminate_backend(pid) from pg_stat_activity where pid in (" + ids + ")");
      awaitEnd(sessions);
    }

    @Override
    String countOf(String sessions) {
      return "select count(*) from pg_stat_activity where pid in (" + sessions + ")";
    }
  },

  /** Not embedded. */
  MARIADB("MariaDB", "select connection_id()") {
    @Override
    List<ServerSource> sources() {
      return List.of(
          new ServerSource("environment", () -> given("TIDEPOOL_TEST_MARIADB_URL")),
          new ServerSource("testcontainers", Containers::mariaDb),
          new ServerSource("local", MariaDbServer::sharedUrl),
          new ServerSource(
              "embedded",
              () -> {
                throw new ServerSource.None("there is none, it would be 177 MB to download");
              }));
    }

    @Override
    public String idleLimit(Duration limit) {
      return url("sessionVariables=wait_timeout=" + limit.toSeconds());
    }

    @Override
    public void kill(Collection<String> sessions) throws SQLException {
      for (String session : sessions) {
        execute("kill " + session);
      }
      awaitEnd(sessions);
    }

    @Override
    String countOf(String sessions) {
      return "select count(*) from information_schema.processlist where id in (" + sessions + ")";
    }
  };

  private final String product;
  private final String sessionQuery;
  private @Nullable String url;
  private @Nullable Throwable whyNot;

  TestDatabase(String product, String sessionQuery) {
    this.product = product;
    this.sessionQuery = sessionQuery;
  }

  abstract List<ServerSource> sources();

  abstract String countOf(String sessions);

  /** The query that names the session it runs in. */
  public String sessionQuery() {
    return sessionQuery;
  }

  /**
   * Its URL for sessions that the server ends when they are idle for so long.
   *
   * @param limit whole seconds, as MariaDB counts
   */
  public abstract String idleLimit(Duration limit);

  /** Ends sessions as an administrator would; returns when they are gone. */
  public abstract void kill(Collection<String> sessions) throws SQLException;

  @Override
  public String url() {
    synchronized (this) {
      if (url == null && whyNot == null) {
        try {
          url = ServerSource.first(product, sources(), required(), System.out::println);
        } catch (Exception | AssertionError e) {
          // Kept: to look again for every test would take long and find nothing either.
          whyNot = e;
        }
      }
      if (url != null) {
        return url;
      }
    }
    if (whyNot instanceof TestAbortedException) {
      throw new TestAbortedException(whyNot.getMessage(), whyNot);
    }
    throw new AssertionError(whyNot.getMessage(), whyNot);
  }

  private static @Nullable String required() {
    return System.getProperty(ServerSource.REQUIRE);
  }

  /** Until the server has ended these sessions. */
  public void awaitEnd(Collection<String> sessions) {
    String count = countOf(String.join(",", sessions));
    Await.until(
        count,
        () -> {
          try {
            return "0".equals(execute(count));
          } catch (SQLException e) {
            throw new AssertionError(count, e);
          }
        });
  }

  /** Who names a server wants that one: if it cannot be reached, the tests fail. */
  private static String given(String variable) throws ServerSource.None {
    String url = System.getenv(variable);
    if (url == null || url.isBlank()) {
      throw new ServerSource.None(variable + " is not set");
    }
    try {
      DriverManager.getConnection(url).close();
    } catch (SQLException e) {
      // Not as the cause, because some messages quote the URL, which holds a password.
      throw new AssertionError(
          variable + " names no server to work with: " + ("" + e.getMessage()).replace(url, "URL"));
    }
    return url;
  }

  private static String embeddedPostgres() throws ServerSource.None {
    try {
      // Stopped by a shutdown hook of its own.
      return EmbeddedPostgres.builder().start().getJdbcUrl("postgres", "postgres");
    } catch (IOException | RuntimeException e) {
      throw new ServerSource.None("the embedded one does not start: " + e, e);
    }
  }
}
