package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;

/**
 * Has a pool open connections before anything is measured. On a thread of its own, which ends: what
 * a pool remembers of a thread must not help or hinder those that are measured.
 */
public final class Filling {
  private Filling() {}

  /** Borrows so many connections at once and gives them back. */
  public static void of(DataSource pool, int connections) throws SQLException {
    elsewhere(
        () -> {
          closeAll(borrowHere(pool, connections));
          return true;
        });
  }

  /** Borrows so many connections at once. */
  public static List<Connection> borrow(DataSource pool, int connections) throws SQLException {
    return elsewhere(() -> borrowHere(pool, connections));
  }

  /** Gives connections back. */
  public static void closeAll(List<Connection> borrowed) throws SQLException {
    for (Connection connection : borrowed) {
      connection.close();
    }
  }

  private static List<Connection> borrowHere(DataSource pool, int connections) throws SQLException {
    List<Connection> borrowed = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      borrowed.add(pool.getConnection());
    }
    return borrowed;
  }

  private static <T> T elsewhere(Callable<T> work) throws SQLException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "fill");
    thread.start();
    try {
      thread.join();
      return task.get();
    } catch (ExecutionException e) {
      throw new SQLException("the pool could not be filled", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while the pool was filled", e);
    }
  }
}
