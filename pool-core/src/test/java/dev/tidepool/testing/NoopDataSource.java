package dev.tidepool.testing;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that do nothing, at once and from any thread; for tests of nothing but the pool. */
public final class NoopDataSource implements DataSource {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  /** Connections opened so far. */
  public int opened() {
    return opened.get();
  }

  /** Connections open now. */
  public int openNow() {
    return opened.get() - closed.get();
  }

  @Override
  public Connection getConnection() {
    int number = opened.incrementAndGet();
    return (Connection)
        Proxy.newProxyInstance(
            NoopDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new Noop("connection " + number));
  }

  @SuppressWarnings("ReferenceEquality") // proxies are equal to themselves only
  private final class Noop implements InvocationHandler {
    private final String name;
    private final AtomicInteger ends = new AtomicInteger();

    Noop(String name) {
      this.name = name;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) {
      return switch (method.getName()) {
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> args != null && proxy == args[0];
        case "toString" -> name;
        case "isValid", "getAutoCommit" -> true;
        case "isClosed" -> ends.get() > 0;
        case "close", "abort" -> {
          if (ends.getAndIncrement() == 0) {
            closed.incrementAndGet();
          }
          yield null;
        }
        case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
        default -> zero(method.getReturnType());
      };
    }
  }

  private static @Nullable Object zero(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    return type == int.class ? Integer.valueOf(0) : null;
  }

  @Override
  public Connection getConnection(String username, String password) {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("none");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("not a wrapper for " + type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
