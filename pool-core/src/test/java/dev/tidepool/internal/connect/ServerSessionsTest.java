package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers name their sessions so that none is ever taken for another. */
class ServerSessionsTest {
  private static final int SESSIONS = 5;

  /** The names of some sessions, each asked twice and found in the list while it is open. */
  private static Set<String> names(String url) throws SQLException {
    List<Connection> open = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try {
      for (int i = 0; i < SESSIONS; i++) {
        Connection connection = DriverManager.getConnection(url);
        open.add(connection);
        String name = ServerSessions.own(connection, "p");
        assertThat(name).isNotBlank();
        Fixtures.ask(connection, "SELECT 1");
        assertThat(ServerSessions.own(connection, "p")).isEqualTo(name);
        names.add(name);
      }
      for (Connection asked : open) {
        assertThat(ServerSessions.all(asked)).containsAll(names);
      }
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    assertThat(names).hasSize(SESSIONS);
    return names;
  }

  @Test
  void postgres_namesAreStable_andNoneComesAgain(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir)) {
      Set<String> before = names(server.url());
      assertThat(names(server.url())).doesNotContainAnyElementsOf(before);
      server.stop();
      server.start();
      assertThat(names(server.url())).doesNotContainAnyElementsOf(before);
    }
  }

  /** Its session numbers begin again with each start. */
  @Test
  void mariaDb_namesAreStable_andNoneComesAgain(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir)) {
      Set<String> before = names(server.url());
      assertThat(names(server.url())).doesNotContainAnyElementsOf(before);
      server.stop();
      server.start();
      assertThat(names(server.url())).doesNotContainAnyElementsOf(before);
    }
  }

  /** As both servers do with a user of no privileges. */
  @Test
  void sessionsOfAnotherUser_areHidden_andKnownToBeSo(@TempDir Path p, @TempDir Path m)
      throws Exception {
    try (PostgresServer postgres = PostgresServer.start(p);
        MariaDbServer mariaDb = MariaDbServer.start(m)) {
      postgres.execute("create role \"an app\" login");
      mariaDb.execute("create user `an app`@127.0.0.1");
      hidden(postgres.url(), postgres.url().replace("user=postgres", "user=an%20app"));
      String url = mariaDb.url().replace("/mysql", "/");
      hidden(url, url.replace("user=root", "user=an app"));
    }
  }

  private static void hidden(String first, String second) throws SQLException {
    try (Connection other = DriverManager.getConnection(first);
        Connection one = DriverManager.getConnection(second);
        Connection two = DriverManager.getConnection(second)) {
      String hidden = ServerSessions.own(other, "p");
      String lister = ServerSessions.own(one, "p");
      String seen = ServerSessions.own(two, "p");
      assertThat(seen).endsWith(" an app");
      assertThat(ServerSessions.all(one)).contains(lister, seen).doesNotContain(hidden);
      assertThat(ServerSessions.sameUser(lister, seen)).isTrue();
      assertThat(ServerSessions.sameUser(lister, hidden)).isFalse();
    }
  }

  @Test
  void postgres_readInATransaction_leavesNoneOpen(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        Connection connection = DriverManager.getConnection(server.url())) {
      connection.setAutoCommit(false);
      assertThat(ServerSessions.all(connection)).contains(ServerSessions.own(connection, "p"));
      assertThat(
              server.execute(
                  "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"))
          .isEqualTo("0");
    }
  }
}
