package dev.tidepool;

import dev.tidepool.testing.PostgresServer;
import dev.tidepool.testing.Program;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A program, alone in its network, that sends a query into a black hole and prints how it ended.
 * Arguments: a directory for the server, and {@code tcpUserTimeout} in seconds.
 */
final class BlackHoleQuery {
  private BlackHoleQuery() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    try (PostgresServer server = PostgresServer.start(dir);
        TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl(server.url());
      pool.setMaximumPoolSize(1);
      pool.setTcpUserTimeout(Duration.ofSeconds(Long.parseLong(args[1])));
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
        int port = URI.create(server.url().substring("jdbc:".length())).getPort();
        Program.blackHole(dir, port);
        long begun = System.nanoTime();
        try {
          statement.execute("SELECT 2");
          System.out.println("answered");
        } catch (SQLException e) {
          System.out.println("failed: " + e.getCause());
          System.out.println("after " + Duration.ofNanos(System.nanoTime() - begun));
        }
      }
    }
  }
}
