package dev.tidepool;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import dev.tidepool.testing.StackEnd;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The stack of one thread ends anywhere in what a pool does on it; another thread uses the same
 * pool afterwards. Argument: "start", "borrow", "evict" or "close".
 */
final class RecursionProgram {
  private static final NoopDataSource database = new NoopDataSource();

  private static TidepoolDataSource pool = pool();
  private static int places;

  private RecursionProgram() {}

  public static void main(String[] args) {
    use(pool); // its classes are there: what the JVM makes of one half loaded is not the pool's
    pool.close();
    pool = pool();
    switch (args[0]) {
      case "start" -> StackEnd.sweep(() -> use(pool), () -> after(database.openNow() > 0));
      case "borrow" -> {
        use(pool);
        StackEnd.sweep(() -> use(pool), () -> after(false));
      }
      case "evict" -> {
        use(pool);
        StackEnd.sweep(
            () -> pool.evict(),
            () -> {
              after(false);
              use(pool);
            });
      }
      case "close" -> {
        use(pool);
        StackEnd.sweep(
            () -> pool.close(),
            () -> {
              after(pool.isClosed());
              use(pool);
            });
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
    useElsewhere();
    pool.close();
    Await.until("all are closed", () -> database.openNow() == 0);
    System.out.println("it goes on");
  }

  private static TidepoolDataSource pool() {
    TidepoolDataSource made = new TidepoolDataSource();
    made.setDataSource(database);
    made.setMaximumPoolSize(1);
    made.setRegisterMbeans(false);
    made.setConnectionTimeout(Duration.ofSeconds(20));
    return made;
  }

  private static void use(TidepoolDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new AssertionError("no connection", e);
    }
  }

  /** Another thread, as a lock that stayed held may let the same one in again. */
  private static void elsewhere(Runnable action) {
    Thread thread = new Thread(action, "other");
    thread.setDaemon(true);
    thread.start();
    Await.end(thread);
  }

  private static void useElsewhere() {
    elsewhere(() -> use(pool));
  }

  /** What is lost at one of some places in a row is noticed at the last of them. */
  private static void after(boolean done) {
    places++;
    if (!done && places % 20 != 0) {
      return;
    }
    if (!pool.isClosed()) {
      useElsewhere();
    }
    elsewhere(pool::close);
    Await.until("its connection is closed", () -> database.openNow() == 0);
    pool = pool();
  }
}
