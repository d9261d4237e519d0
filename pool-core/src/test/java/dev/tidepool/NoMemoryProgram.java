package dev.tidepool;

import dev.tidepool.testing.FullHeap;
import dev.tidepool.testing.NoopDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Gives connections back where there is no memory at all, and borrows all places again. With an
 * argument the return has been compiled by then, and meets what it never met before.
 */
final class NoMemoryProgram {
  private static final int PLACES = 8;
  private static final int UNTIL_COMPILED = 5_000;

  private NoMemoryProgram() {}

  public static void main(String[] args) throws Exception {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setMaximumPoolSize(PLACES);
      pool.setConnectionTimeout(Duration.ofSeconds(10));
      Connection[] lent = new Connection[PLACES];
      borrow(pool, lent);
      for (Connection connection : lent) { // what this needs is loaded while there is memory
        connection.close();
      }
      for (int i = 0; i < UNTIL_COMPILED && args.length > 0; i++) {
        borrow(pool, lent);
        for (Connection connection : lent) {
          connection.close();
        }
      }
      borrow(pool, lent);
      for (int i = 0; i < PLACES && args.length > 0; i++) {
        pool.evict(lent[i]);
      }
      int failed = 0;
      for (Connection connection : lent) {
        FullHeap.fill();
        failed += closes(connection) ? 0 : 1;
      }
      FullHeap.free();
      System.out.println(failed == 0 ? "there was memory" : "there was no memory");
      borrow(pool, lent);
      System.out.println("all are lent again");
    }
  }

  private static void borrow(TidepoolDataSource pool, Connection[] lent) throws SQLException {
    for (int i = 0; i < lent.length; i++) {
      lent[i] = pool.getConnection();
      lent[i].setAutoCommit(false); // so that there is something to undo
    }
  }

  private static boolean closes(Connection connection) throws SQLException {
    try {
      connection.close();
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }
}
