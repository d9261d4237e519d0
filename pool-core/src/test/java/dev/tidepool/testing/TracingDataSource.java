package dev.tidepool.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * As tracing tools have it: JDBC's objects are of classes of its own, with the driver's behind; and
 * so is the driver's name.
 */
public final class TracingDataSource {
  private TracingDataSource() {}

  /** One that connects to this URL. */
  public static DataSource of(String url) {
    return proxy(
        DataSource.class,
        (method, arguments) ->
            method.getName().equals("getConnection")
                ? trace(Connection.class, DriverManager.getConnection(url))
                : FakeObjects.zero(method.getReturnType()));
  }

  private static <T> T trace(Class<T> type, T traced) {
    return proxy(type, (method, arguments) -> answer(traced, method, arguments));
  }

  private static @Nullable Object answer(Object traced, Method method, Object[] arguments)
      throws Throwable {
    if (arguments.length == 1 && arguments[0] instanceof Class<?> type && type.isInstance(traced)) {
      return method.getName().equals("unwrap") ? traced : true;
    }
    if (method.getName().equals("getDriverName")) {
      return "Tracing";
    }
    try {
      Object made = method.invoke(traced, arguments);
      return made != null && isTraced(method.getReturnType())
          ? traceAny(method.getReturnType(), made)
          : made;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static boolean isTraced(Class<?> type) {
    return Statement.class.isAssignableFrom(type)
        || type == ResultSet.class
        || type == DatabaseMetaData.class;
  }

  private static <T> T traceAny(Class<T> type, Object made) {
    return trace(type, type.cast(made));
  }

  private interface Answer {
    @Nullable Object to(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            TracingDataSource.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, given) ->
                answer.to(
                    method, given == null ? new Object[0] : Arrays.copyOf(given, given.length))));
  }
}
