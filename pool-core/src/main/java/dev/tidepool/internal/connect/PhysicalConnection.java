package dev.tidepool.internal.connect;

import dev.tidepool.net.Watchable;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.Statement;
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
   * Whether it is pgjdbc's connection, or that of one of the drivers that descend from it. By
   * class, as to look for a method that is not there takes microseconds.
   */
  private static final ClassValue<Boolean> CAN_COPY =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          try {
            Method unused = type.getMethod("getCopyAPI");
            return true;
          } catch (NoSuchMethodException | LinkageError e) { // of a signature
            return false;
          }
        }
      };

  /** The driver's class of connections, or what wraps it where that is all that can be told. */
  private Class<?> driver() {
    return status == null ? connection.getClass() : status.driver();
  }

  /** Whether the driver's connections are of a class whose name begins so. */
  public boolean isDriver(String start) {
    return driver().getName().startsWith(start);
  }

  /** Whether a class of this name is the driver's, or that of what wraps it. */
  public boolean isDriversClass(String name) {
    return areOfOne(driver().getName(), name) || areOfOne(connection.getClass().getName(), name);
  }

  /** Classes of one vendor have two parts in common, as {@code org.postgresql.}. */
  private static boolean areOfOne(String type, String other) {
    int first = type.indexOf('.');
    int second = type.indexOf('.', first + 1);
    int length = Math.max(first, second) + 1;
    return length > 0 && type.regionMatches(0, other, 0, length);
  }

  /**
   * Whether a thread that hangs in the driver may be interrupted: to close the socket is not enough
   * where it waits for a lock. An embedded database may close its files at an interrupt, for all
   * its sessions.
   */
  public boolean mayInterrupt() {
    return cutOff != null || CAN_COPY.get(driver());
  }

  /** Whether the rows of a cursor that is a value are fetched when that value is asked for. */
  public boolean readsCursorsWhenAsked() {
    return CAN_COPY.get(driver());
  }

  /**
   * Whether somebody who unwraps {@code type}, of this connection or of what it made, can begin a
   * COPY with it: it is pgjdbc's connection, or leads to it.
   */
  public boolean canCopyThrough(Class<?> type) {
    return CAN_COPY.get(type) || (leadsToConnection(type) && CAN_COPY.get(driver()));
  }

  private static boolean leadsToConnection(Class<?> type) {
    return Connection.class.isAssignableFrom(type)
        || Statement.class.isAssignableFrom(type)
        || ResultSet.class.isAssignableFrom(type)
        || DatabaseMetaData.class.isAssignableFrom(type);
  }
}
