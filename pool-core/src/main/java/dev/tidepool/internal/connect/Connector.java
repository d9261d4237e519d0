package dev.tidepool.internal.connect;

import dev.tidepool.api.Credentials;
import dev.tidepool.net.AttemptSockets;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Calls the driver for one bare connection. Safe for use by several threads. */
interface Connector {
  /**
   * Connects and logs in.
   *
   * @param credentials null to log in with what the target itself carries
   * @return what the driver returned, so possibly null
   */
  @Nullable Connection connect(AttemptSockets sockets, @Nullable Credentials credentials)
      throws SQLException;

  /** How the sockets of these connections are kept alive and reached. */
  SocketTable.Plan plan();

  /** Whether a read on what it returns ends after a timeout that was meant for the login only. */
  boolean lendsReadTimeout();

  /** The DataSource that it connects by, however that was named; null if a driver does it. */
  default @Nullable DataSource dataSource() {
    return null;
  }

  /** What it connects to, without a secret, for messages. */
  String describe();
}
