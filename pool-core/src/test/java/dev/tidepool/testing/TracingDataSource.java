package dev.tidepool.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** As tracing tools have it: connections of a class of its own, with the driver's behind each. */
public final class TracingDataSource {
  private TracingDataSource() {}

  /** One that connects to this URL. */
  public static DataSource of(String url) {
    return proxy(
        DataSource.class,
        (method, arguments) ->
            method.getName().equals("getConnection")
                ? trace(DriverManager.getConnection(url))
                : FakeObjects.zero(method.getReturnType()));
  }

  private static Connection trace(Connection traced) {
    return proxy(Connection.class, (method, arguments) -> answer(traced, method, arguments));
  }

  private static @Nullable Object answer(Connection traced, Method method, Object[] arguments)
      throws Throwable {
    if (arguments.length == 1 && arguments[0] instanceof Class<?> type && type.isInstance(traced)) {
      return method.getName().equals("unwrap") ? traced : true;
    }
    try {
      return method.invoke(traced, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
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
