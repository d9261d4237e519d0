package dev.tidepool.internal.connect;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings and small questions that several tests share. */
final class Fixtures {
  private Fixtures() {}

  static ConnectSettings url(String url, Session session, Tcp tcp) {
    return settings(Target.url(url, Map.of()), session, tcp);
  }

  static ConnectSettings settings(Target target, Session session, Tcp tcp) {
    return new ConnectSettings(
        "p", target, null, session, tcp, true, false, Duration.ofSeconds(10));
  }

  static ConnectSettings as(ConnectSettings settings, String username, String password) {
    return new ConnectSettings(
        settings.poolName(),
        settings.target(),
        () -> new Credentials(username, password),
        settings.session(),
        settings.tcp(),
        settings.learnIdleLimit(),
        settings.nameSessions(),
        settings.connectTimeout());
  }

  static Session session(boolean autoCommit, @Nullable String initSql) {
    return new Session(
        autoCommit, false, null, null, null, Duration.ZERO, initSql, null, null, false, Role.ANY);
  }

  static Session requiring(Role role) {
    return new Session(true, false, null, null, null, Duration.ZERO, null, null, null, false, role);
  }

  static PhysicalConnection open(ConnectSettings settings) throws SQLException {
    return ConnectionSources.create(settings).open(new ConnectAttempt());
  }

  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
