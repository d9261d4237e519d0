package dev.tidepool.testing;

import dev.tidepool.net.PoolSocketFactory;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The least of a driver: a connection is a socket to a {@link TinyServer}, made by the pool's
 * factory. The pool takes it for PostgreSQL's by its URL, and so watches its sockets.
 */
public final class TinyDriver implements Driver {
  /** For the pool. */
  public TinyDriver() {}

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    URI address = URI.create(url.substring("jdbc:".length()));
    try {
      Socket socket = new PoolSocketFactory(info.getProperty("socketFactoryArg")).createSocket();
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
      return (Connection)
          Proxy.newProxyInstance(
              TinyDriver.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              new Session(socket));
    } catch (IOException e) {
      throw new SQLException("no connection", "08001", e);
    }
  }

  private static final class Session implements InvocationHandler {
    private final Socket socket;

    Session(Socket socket) {
      this.socket = socket;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // proxies are equal to themselves only
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
        throws IOException {
      return switch (method.getName()) {
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> args != null && proxy == args[0];
        case "toString" -> "session on " + socket;
        case "isValid" -> !socket.isClosed();
        case "isClosed" -> socket.isClosed();
        case "getAutoCommit" -> true;
        case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
        case "close", "abort" -> {
          socket.close();
          yield null;
        }
        default -> zero(method.getReturnType());
      };
    }

    private static @Nullable Object zero(Class<?> type) {
      if (type == boolean.class) {
        return false;
      }
      return type == int.class ? Integer.valueOf(0) : null;
    }
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith("jdbc:postgresql:");
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("none");
  }
}
