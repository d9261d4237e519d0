package dev.tidepool;

import dev.tidepool.api.PoolStats;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.FullHeap;
import dev.tidepool.testing.NoopDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One call of the driver ends where there is no memory at all, in a way for which the pool has not
 * loaded its classes yet. Afterwards there is memory again, and a connection to be had. Arguments:
 * the method, and whether it "answers", says "no" or "throws".
 */
final class NoMemoryCallProgram {
  private static final SQLException FAILURE = new SQLException("no", "08006");

  private static final CountDownLatch full = new CountDownLatch(1);

  /** The method whose next call leaves no memory. */
  private static volatile @Nullable String armed;

  private static volatile String outcome = "";
  private static volatile @Nullable Thread caller;

  private NoMemoryCallProgram() {}

  public static void main(String[] args) throws Exception {
    DataSource source = wrap(DataSource.class, new NoopDataSource());
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(source);
      pool.setMaximumPoolSize(1);
      pool.setValidateAfterIdle(Duration.ZERO);
      pool.setConnectionTimeout(Duration.ofSeconds(20));
      use(pool); // what this needs is loaded while there is memory
      use(pool);
      caller = Thread.currentThread();
      outcome = isCallerThrough() ? "" : args[1]; // and so is what the waiting below needs
      armed = args[0];
      if (!args[0].equals("isValid") && !args[0].equals("setAutoCommit")) {
        pool.evict(); // so that it is closed, and another is opened
      }
      Thread borrower = new Thread(() -> tryToUse(pool), "borrower");
      borrower.start();
      while (full.getCount() > 0) {
        LockSupport.parkNanos(1_000_000); // takes no memory
      }
      while (!isCallerThrough()) {
        LockSupport.parkNanos(1_000_000);
      }
      FullHeap.free();
      borrower.join();
      use(pool);
      Await.until("every place is as it was", () -> isQuiet(pool.stats()));
      System.out.println("served");
    }
  }

  private static boolean isCallerThrough() {
    Thread thread = caller;
    return thread != null && thread.getState() != Thread.State.RUNNABLE;
  }

  private static boolean isQuiet(PoolStats stats) {
    return stats.connecting() == 0
        && stats.closing() == 0
        && stats.checking() == 0
        && stats.active() == 0
        && stats.total() == stats.idle();
  }

  private static void use(TidepoolDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false); // so that there is something to undo
    }
  }

  private static void tryToUse(TidepoolDataSource pool) {
    try {
      use(pool);
    } catch (SQLException | OutOfMemoryError e) {
      return; // as it may
    }
  }

  private static <T> T wrap(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> call(target, method, args)));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    Object result = invoke(target, method, args);
    if (result instanceof Connection && target instanceof DataSource) {
      result = wrap(Connection.class, result);
    }
    if (!method.getName().equals(armed)) {
      return result;
    }
    armed = null;
    caller = Thread.currentThread();
    FullHeap.fill();
    full.countDown();
    if (outcome.equals("throws")) {
      throw FAILURE;
    }
    return outcome.equals("no") ? Boolean.FALSE : result;
  }

  private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    if (method.getName().equals("equals")
        && args != null
        && Proxy.isProxyClass(args[0].getClass())) {
      return target == args[0];
    }
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
