package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.net.Watchable;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * The end of the stream, seen on the socket of a connection that nobody uses. It proves its death
 * without a question, and sooner than any driver says so.
 */
final class HangUp {
  private HangUp() {}

  /** Whether it is there. Does not block. */
  static boolean isSeen(Entry entry) {
    Watchable socket = entry.physical().socket();
    // The first question is the cheaper one, and mostly the last.
    return socket != null && socket.hasNews() && socket.hasEnded();
  }

  /** As the reason for what follows. */
  static SQLException asException() {
    return new SQLNonTransientConnectionException(
        "the server, or something on the way to it, has ended the connection", "08006");
  }
}
