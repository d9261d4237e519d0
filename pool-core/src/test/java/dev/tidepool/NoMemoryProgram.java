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
  private static final int PLACES = 3;
  private static final int UNTIL_COMPILED = 5_000;

  private NoMemoryProgram() {}

  public static void main(String[] args) throws Exception {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setMaximumPoolSize(PLACES);
      pool.setConnectionTimeout(Duration.ofSeconds(10));
      Connection[] lent = new Connection[PLACES];
      use(pool, lent); // what this needs is loaded while there is memory
      for (int i = 0; i < UNTIL_COMPILED && args.length > 0; i++) {
        use(pool, lent);
      }
      if (args.length == 0) {
        pool.evict(); // what each connection has kept
      }
      borrow(pool, lent);
      for (int i = 0; i < PLACES && args.length > 0; i++) {
        pool.evict(lent[i]);
      }
      boolean memory = false;
      for (Connection connection : lent) {
        FullHeap.fill();
        closes(connection);
        memory |= FullHeap.hasRoom();
      }
      FullHeap.free();
      System.out.println(memory ? "there was memory" : "there was no memory");
      borrow(pool, lent);
      System.out.println("all are lent again");
    }
  }

  private static void use(TidepoolDataSource pool, Connection[] lent) throws SQLException {
    borrow(pool, lent);
    for (Connection connection : lent) {
      connection.close();
    }
  }

  private static void borrow(TidepoolDataSource pool, Connection[] lent) throws SQLException {
    for (int i = 0; i < lent.length; i++) {
      lent[i] = pool.getConnection();
      lent[i].setAutoCommit(false); // so that there is something to undo
    }
  }

  private static void closes(Connection connection) throws SQLException {
    try {
      connection.close();
    } catch (OutOfMemoryError e) {
      return; // as it may
    }
  }
}
