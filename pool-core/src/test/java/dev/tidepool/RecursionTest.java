package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.NoopDataSource;
import dev.tidepool.testing.Program;
import dev.tidepool.testing.StackEnd;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recursion without end that borrows: its stack ends anywhere in the pool. */
class RecursionTest {
  private static final int CONNECTIONS = 8;
  private static final int OVERFLOWS = 40;

  @Test
  void stackEndsInThePool_noPlaceIsLost_andNobodyElseIsHeldUp() throws SQLException {
    AtomicInteger overflows = new AtomicInteger();
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setMaximumPoolSize(CONNECTIONS);
      pool.setMinimumIdle(0);
      pool.setConnectionTimeout(Duration.ofSeconds(20));
      pool.getConnection().close(); // what follows is not about the start
      StackEnd.reach(OVERFLOWS, () -> borrowAndReturn(pool), overflows::incrementAndGet);
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        all.add(pool.getConnection());
      }
      for (Connection connection : all) {
        connection.close();
      }
      Await.until("nothing is left half done", () -> isQuiet(pool));
    }
    assertThat(overflows).hasValueGreaterThanOrEqualTo(OVERFLOWS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "borrow", "evict", "close"})
  void stackEndsAnywhereInACall_othersAreServed(String what, @TempDir Path dir) throws Exception {
    assertThat(Program.run(dir, List.of("-Xint"), RecursionProgram.class, what))
        .contains("it goes on");
  }

  private static void borrowAndReturn(TidepoolDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new AssertionError("no connection", e);
    }
  }

  private static boolean isQuiet(TidepoolDataSource pool) {
    var stats = pool.stats();
    return stats.active() == 0
        && stats.checking() == 0
        && stats.waiting() == 0
        && stats.closing() == 0
        && stats.connecting() == 0
        && stats.total() == stats.idle();
  }
}
