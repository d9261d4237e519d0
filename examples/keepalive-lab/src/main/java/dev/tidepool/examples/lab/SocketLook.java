package dev.tidepool.examples.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The kernel's own view of a connection's socket, as {@code ss} of Linux prints it. */
final class SocketLook {
  private static final int TRIES = 20;
  private static final int PAUSE_MILLIS = 100;

  private SocketLook() {}

  /**
   * The line about the client's end of a connection.
   *
   * @param settled what the line should look like; asked for up to two seconds, because right after
   *     traffic the kernel shows another timer for a moment
   * @return the last line seen; empty without {@code ss}, or if the socket is not on this machine
   */
  static Optional<String> of(Connection connection, Predicate<String> settled)
      throws SQLException, InterruptedException {
    int port = clientPort(connection);
    Optional<String> line = ask(port);
    for (int i = 1; i < TRIES && line.isPresent() && !settled.test(line.get()); i++) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      line = ask(port);
    }
    return line;
  }

  private static int clientPort(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT inet_client_port()")) {
      result.next();
      return result.getInt(1);
    }
  }

  private static Optional<String> ask(int port) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("ss", "-tno", "state", "established", "sport", "=", ":" + port)
              .redirectErrorStream(true)
              .start();
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        Optional<String> found =
            reader
                .lines()
                .filter(l -> l.contains(":" + port + " "))
                .map(SocketLook::tidy)
                .findFirst();
        return process.waitFor() == 0 ? found : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty(); // no ss on this system: the caller says so
    }
  }

  /**
   * {@code 0 0 [::ffff:127.0.0.1]:5000 [::ffff:127.0.0.1]:5432 timer:(..)} without what nobody
   * needs.
   */
  private static String tidy(String line) {
    String[] columns = line.replace("[::ffff:", "").replace("]:", ":").trim().split("\\s+", 5);
    String ends = columns[2] + " -> " + columns[3];
    return columns.length > 4 ? ends + "  " + columns[4].trim() : ends + "  no timer";
  }
}
