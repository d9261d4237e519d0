package dev.tidepool.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;

/** Has a pool open all its connections before anything is measured. */
public final class Filling {
  private Filling() {}

  /**
   * Borrows so many connections at once and gives them back. On a thread of its own: what a pool
   * remembers of this thread must not help or hinder those that are measured.
   */
  public static void of(DataSource pool, int connections)
      throws InterruptedException, ExecutionException {
    FutureTask<Void> filling =
        new FutureTask<>(
            () -> {
              closeAll(borrow(pool, connections));
              return null;
            });
    Thread thread = new Thread(filling, "fill");
    thread.start();
    filling.get();
    thread.join();
  }

  /** Borrows so many connections at once. */
  public static List<Connection> borrow(DataSource pool, int connections) throws SQLException {
    List<Connection> borrowed = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      borrowed.add(pool.getConnection());
    }
    return borrowed;
  }

  /** Gives connections back. */
  public static void closeAll(List<Connection> borrowed) throws SQLException {
    for (Connection connection : borrowed) {
      connection.close();
    }
  }
}
