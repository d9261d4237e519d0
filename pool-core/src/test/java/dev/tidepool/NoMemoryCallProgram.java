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
  private static final long MILLI = 1_000_000;

  private final String outcome;
  private final SQLException failure = new SQLException("no", "08006");
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch full = new CountDownLatch(1);

  /** The method whose next call leaves no memory. */
  private volatile @Nullable String armed;

  private volatile Thread caller = Thread.currentThread();

  private NoMemoryCallProgram(String outcome) {
    this.outcome = outcome;
  }

  public static void main(String[] args) throws Exception {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      new NoMemoryCallProgram(args[1]).run(pool, args[0]);
    }
  }

  private void run(TidepoolDataSource pool, String method) throws Exception {
    pool.setDataSource(wrap(DataSource.class, new NoopDataSource()));
    pool.setMaximumPoolSize(1);
    pool.setValidateAfterIdle(Duration.ZERO);
    pool.setConnectionTimeout(Duration.ofSeconds(20));
    // What this needs, and the waiting below, is loaded while there is memory.
    use(pool);
    use(pool);
    if (isCallerThrough()) {
      throw new AssertionError("this thread runs");
    }
    boolean another = method.equals("getConnection") || method.equals("close");
    Thread borrower = new Thread(() -> tryToUse(pool, another), "borrower");
    borrower.start();
    armed = method;
    go.countDown(); // from here on there may be no memory for this thread either
    while (full.getCount() > 0 || !isCallerThrough()) {
      LockSupport.parkNanos(MILLI); // takes no memory
    }
    FullHeap.free();
    borrower.join();
    use(pool);
    Await.until("every place is as it was", () -> isQuiet(pool.stats()));
    System.out.println("served");
  }

  /** Whatever the pool does about the answer is done. */
  private boolean isCallerThrough() {
    return caller.getState() != Thread.State.RUNNABLE;
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

  private void tryToUse(TidepoolDataSource pool, boolean another) {
    Await.open(go);
    try {
      if (another) {
        pool.evict(); // so that it is closed, and another is opened
      }
      use(pool);
    } catch (SQLException | OutOfMemoryError e) {
      return; // as it may
    }
  }

  private <T> T wrap(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> call(target, method, args)));
  }

  private @Nullable Object call(Object target, Method method, Object @Nullable [] args)
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
      throw failure;
    }
    return outcome.equals("no") ? false : result;
  }

  private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
