package dev.tidepool.internal.connect;

import dev.tidepool.net.Watchable;
import java.lang.reflect.Method;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the driver, with what the pool knows of it.
 *
 * @param connection the driver's object
 * @param defaults state to which it is reset after each borrower
 * @param cutOff closes the raw socket under the driver, past its locks and past TLS, and does not
 *     block; null if the pool cannot reach it
 * @param socket its raw socket, to be watched or peeked at while nobody uses the connection; null
 *     if it cannot be
 * @param tcpKeepAlive what is known of TCP keepalive on its socket; null if there is no socket
 * @param requestBoundaries whether the driver implements {@code beginRequest} and {@code
 *     endRequest}
 * @param session names the server's session, unlike any other of that server, past and future; null
 *     if it was not asked for or the server cannot say
 * @param status what the server said last of its transaction; null if the driver does not tell
 */
public record PhysicalConnection(
    Connection connection,
    SessionDefaults defaults,
    @Nullable Runnable cutOff,
    @Nullable Watchable socket,
    @Nullable String tcpKeepAlive,
    boolean requestBoundaries,
    @Nullable String session,
    @Nullable ServerStatus status) {
  /**
   * Whether a thread that hangs in the driver may be interrupted: to close the socket is not enough
   * where it waits for a lock. An embedded database may close its files at an interrupt, for all
   * its sessions.
   */
  public boolean mayInterrupt() {
    return cutOff != null || canCopy(connection);
  }

  /** Whether it is pgjdbc's connection, or that of one of the drivers that descend from it. */
  public static boolean canCopy(@Nullable Object own) {
    if (own == null) {
      return false;
    }
    try {
      Method unused = own.getClass().getMethod("getCopyAPI");
      return true;
    } catch (NoSuchMethodException | LinkageError e) { // a class of a signature may be missing
      return false;
    }
  }
}
