package dev.tidepool.internal.connect;

import dev.tidepool.net.KeepAlive;
import dev.tidepool.net.Watchable;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket under an open connection, where the pool can reach it. */
final class LiveSocket {
  private static final Logger log = LoggerFactory.getLogger(LiveSocket.class);

  private LiveSocket() {}

  /** Closes the raw socket, with no wait for the peer; null if there is none to be had. */
  static @Nullable Runnable closer(@Nullable Socket socket, String poolName) {
    // Closing a TLS socket waits for the peer; only the plain one below it is raw.
    if (socket == null || socket instanceof SSLSocket) {
      return null;
    }
    return () -> {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("{}: raw close of {} failed", poolName, socket, e);
      }
    };
  }

  /** The socket as one that can be watched, or null if it is an ordinary one. */
  static @Nullable Watchable watchable(@Nullable Socket socket) {
    return socket instanceof Watchable watchable ? watchable : null;
  }

  /** What keepalive really is, or {@code otherwise} if it cannot be read. */
  static @Nullable String describe(
      @Nullable Socket socket, @Nullable String otherwise, String poolName) {
    if (socket == null) {
      return otherwise;
    }
    try {
      return KeepAlive.describe(socket) + " (read from the socket)";
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("{}: keepalive of {} cannot be read", poolName, socket, e);
      return otherwise;
    }
  }

  /**
   * The socket of a connection of MySQL Connector/J; an {@code SSLSocket} under TLS. The driver's
   * classes are reached by reflection, so that the pool does not depend on them.
   *
   * @return null if this is no such connection, or the driver looks different inside
   */
  static @Nullable Socket ofMysql(Connection connection, String poolName) {
    try {
      Class<?> type =
          Class.forName(
              "com.mysql.cj.jdbc.JdbcConnection", false, connection.getClass().getClassLoader());
      Object session = call(type, connection.unwrap(type), "getSession");
      Object protocol = session == null ? null : call(session, "getProtocol");
      Object transport = protocol == null ? null : call(protocol, "getSocketConnection");
      Object socket = transport == null ? null : call(transport, "getMysqlSocket");
      return socket instanceof Socket found ? found : null;
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      log.debug(
          "{}: the socket of {} cannot be reached",
          poolName,
          connection.getClass(),
          SafeErrors.clean(e));
      return null;
    }
  }

  private static @Nullable Object call(Object target, String method)
      throws ReflectiveOperationException {
    return call(target.getClass(), target, method);
  }

  private static @Nullable Object call(Class<?> type, Object target, String method)
      throws ReflectiveOperationException {
    return type.getMethod(method).invoke(target);
  }

  /** Sets the times that MySQL's driver has no property for; only where keepalive is on. */
  static void applyTimes(Socket socket, KeepAlive keepAlive, String poolName) {
    try {
      if (socket.getKeepAlive()) {
        keepAlive.applyTimes(socket);
      }
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("{}: keepalive times of {} cannot be set", poolName, socket, e);
    }
  }
}
