package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.MariaDbServer;
import dev.tidepool.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleLimitTest {
  @Test
  void postgres_tellsItsIdleSessionTimeout_andNoneIfThereIsNone(@TempDir Path dir)
      throws Exception {
    try (PostgresServer server = PostgresServer.start(dir, "idle_session_timeout=7s");
        Connection limited = DriverManager.getConnection(server.url());
        Connection free =
            DriverManager.getConnection(
                server.url()
                    + (server.url().contains("?") ? "&" : "?")
                    + "options=-c%20idle_session_timeout=0")) {
      assertThat(IdleLimit.ask(limited, new ConnectAttempt(), "p"))
          .isEqualTo(Duration.ofSeconds(7));
      ConnectAttempt timed = new ConnectAttempt(0, System::nanoTime);
      assertThat(IdleLimit.ask(free, timed, "p")).isNull();
      assertThat(timed.answer()).as("one round trip").isPositive();
    }
  }

  @Test
  void mariaDb_tellsItsWaitTimeout(@TempDir Path dir) throws Exception {
    try (MariaDbServer server = MariaDbServer.start(dir, "wait-timeout=11");
        Connection connection = DriverManager.getConnection(server.url())) {
      assertThat(IdleLimit.ask(connection, new ConnectAttempt(), "p"))
          .isEqualTo(Duration.ofSeconds(11));
    }
  }

  @Test
  void embeddedDatabase_hasNone() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:idlelimit")) {
      ConnectAttempt timed = new ConnectAttempt(0, System::nanoTime);
      assertThat(IdleLimit.ask(connection, timed, "p")).isNull();
      assertThat(timed.answer()).as("nothing was asked").isZero();
    }
  }

  @Test
  void connectionThatFails_isNoError() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:h2:mem:idlelimit");
    connection.close();
    assertThat(IdleLimit.ask(connection, new ConnectAttempt(), "p")).isNull();
  }
}
