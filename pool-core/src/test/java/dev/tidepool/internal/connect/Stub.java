package dev.tidepool.internal.connect;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A connection that answers as told and notes what it was asked. */
final class Stub {
  /** An answer, or a failure. */
  interface Answer {
    @Nullable Object give(Object[] arguments) throws Throwable;
  }

  private final Map<String, Answer> answers = new HashMap<>();

  /** Calls so far: {@code name(arguments)}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  private volatile boolean closed;
  private volatile boolean autoCommit = true;
  private volatile int networkTimeout;

  final Connection connection = proxy(Connection.class);

  Stub on(String method, Answer answer) {
    answers.put(method, answer);
    return this;
  }

  boolean isClosed() {
    return closed;
  }

  <T> T proxy(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            Stub.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return ofObject(self, method.getName(), arguments);
              }
              return call(method.getName(), arguments == null ? new Object[0] : arguments);
            }));
  }

  @SuppressWarnings("ReferenceEquality") // a stub equals itself only
  private static Object ofObject(Object self, String name, Object[] arguments) {
    return switch (name) {
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "stub";
    };
  }

  private @Nullable Object call(String name, Object[] arguments) throws Throwable {
    calls.add(name + "(" + text(name, arguments) + ")");
    Answer answer = answers.get(name);
    return answer != null ? answer.give(arguments) : standard(name, arguments);
  }

  private static String text(String name, Object[] arguments) {
    return switch (name) {
      case "setNetworkTimeout" -> arguments[1].toString();
      case "abort" -> "";
      default -> arguments.length == 0 ? "" : String.valueOf(arguments[0]);
    };
  }

  private @Nullable Object standard(String name, Object[] arguments) {
    switch (name) {
      case "close", "abort" -> closed = true;
      case "setAutoCommit" -> autoCommit = (Boolean) arguments[0];
      case "setNetworkTimeout" -> networkTimeout = (Integer) arguments[1];
      default -> {
        // Asked for its answer only.
      }
    }
    return switch (name) {
      case "isClosed" -> closed;
      case "getAutoCommit" -> autoCommit;
      case "getNetworkTimeout" -> networkTimeout;
      case "isValid" -> true;
      case "isReadOnly", "execute", "isWrapperFor" -> false;
      case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
      case "getHoldability" -> 1;
      case "createStatement" -> proxy(java.sql.Statement.class);
      default -> null;
    };
  }

  /** A physical connection of this stub, with the defaults of a driver that supports everything. */
  PhysicalConnection physical(boolean inAutoCommit, int networkTimeoutMillis) {
    autoCommit = inAutoCommit;
    SessionDefaults defaults =
        new SessionDefaults(inAutoCommit, false, 2, null, null, 1, networkTimeoutMillis);
    return new PhysicalConnection(connection, defaults, null, null, null, false, null, null);
  }

  /** What a driver does when asked to connect. */
  interface Connect {
    @Nullable Connection connect(String url, Properties properties) throws SQLException;
  }

  /** A driver for {@code jdbc:stub:}. */
  static Driver driver(Connect connect) {
    return new Driver() {
      @Override
      public @Nullable Connection connect(String url, Properties info) throws SQLException {
        return connect.connect(url, info);
      }

      @Override
      public boolean acceptsURL(String url) {
        return url.startsWith("jdbc:stub:");
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
      public Logger getParentLogger() {
        return Logger.getGlobal();
      }
    };
  }
}
