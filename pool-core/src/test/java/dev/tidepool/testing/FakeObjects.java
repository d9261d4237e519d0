package dev.tidepool.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What a session of a {@link FakeDatabase} makes; each call of it is a call of the driver. */
final class FakeObjects {
  private FakeObjects() {}

  static Statement statement(FakeDatabase.Session session) {
    return proxy(Statement.class, new OfStatement(session));
  }

  static DatabaseMetaData metaData(FakeDatabase.Session session, String product) {
    return proxy(
        DatabaseMetaData.class,
        new Handler(session) {
          @Override
          @Nullable Object answer(Method method, @Nullable Object first) {
            return method.getName().equals("getDatabaseProductName")
                ? product
                : zero(method.getReturnType());
          }
        });
  }

  static Blob blob(FakeDatabase.Session session) {
    return proxy(
        Blob.class,
        new Handler(session) {
          @Override
          @Nullable Object answer(Method method, @Nullable Object first) {
            return method.getReturnType() == byte[].class
                ? new byte[1]
                : zero(method.getReturnType());
          }
        });
  }

  static Savepoint savepoint(FakeDatabase.Session session) {
    return proxy(
        Savepoint.class,
        new Handler(session) {
          @Override
          @Nullable Object answer(Method method, @Nullable Object first) {
            return zero(method.getReturnType());
          }
        });
  }

  /** One row that answers every question of the pool as a primary without limits does. */
  private static ResultSet row(FakeDatabase.Session session, String sql) {
    return proxy(
        ResultSet.class,
        new Handler(session) {
          private boolean read;

          @Override
          @Nullable Object answer(Method method, @Nullable Object first) {
            if (method.getName().equals("next")) {
              boolean more = !read;
              read = true;
              return more;
            } else if (method.getReturnType() == String.class) {
              return sql.contains("pg_stat_activity") ? session.toString() : session.schema();
            }
            return zero(method.getReturnType());
          }
        });
  }

  /** What all of them have in common. */
  @SuppressWarnings("ReferenceEquality") // proxies are equal to themselves only
  private abstract static class Handler implements InvocationHandler {
    final FakeDatabase.Session session;

    Handler(FakeDatabase.Session session) {
      this.session = session;
    }

    abstract @Nullable Object answer(Method method, @Nullable Object first) throws SQLException;

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
        throws Throwable {
      Object first = args == null || args.length == 0 ? null : args[0];
      return switch (method.getName()) {
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> proxy == first;
        case "toString" -> method.getDeclaringClass().getSimpleName() + " of " + session;
        case "isWrapperFor" -> false;
        default -> call(method, first);
      };
    }

    @Nullable Object call(Method method, @Nullable Object first) throws SQLException {
      session.onCall();
      if (method.getName().equals("close")) {
        return null;
      } else if (!session.isAlive()) {
        throw new SQLNonTransientConnectionException("session is gone", "08006");
      }
      return answer(method, first);
    }
  }

  private static final class OfStatement extends Handler {
    private boolean closed;

    OfStatement(FakeDatabase.Session session) {
      super(session);
      session.countStatement(1);
    }

    @Override
    @Nullable Object call(Method method, @Nullable Object first) throws SQLException {
      return switch (method.getName()) {
        case "isClosed" -> closed;
        case "close" -> close(method);
        default -> super.call(method, first);
      };
    }

    /** Closed, whatever the driver says of it. */
    private @Nullable Object close(Method method) throws SQLException {
      if (closed) {
        return null;
      }
      closed = true;
      session.countStatement(-1);
      return super.call(method, null);
    }

    @Override
    @Nullable Object answer(Method method, @Nullable Object first) throws SQLException {
      if (method.getName().equals("executeUpdate") && session.refusesWrites()) {
        throw new SQLException("cannot write in a read-only transaction", "25006");
      }
      if (method.getName().startsWith("execute")) {
        session.execute(first);
      }
      return method.getReturnType() == ResultSet.class
          ? row(session, String.valueOf(first))
          : zero(method.getReturnType());
    }
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    ClassLoader loader = FakeDatabase.class.getClassLoader();
    return type.cast(Proxy.newProxyInstance(loader, new Class<?>[] {type}, handler));
  }

  static @Nullable Object zero(Class<?> type) {
    if (type == boolean.class) {
      return false;
    } else if (type == int.class) {
      return 0;
    } else if (type == long.class) {
      return 0L;
    } else if (type == int[].class) {
      return new int[0];
    }
    return null;
  }
}
