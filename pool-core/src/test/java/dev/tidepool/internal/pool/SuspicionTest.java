package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must not put the others in doubt, and what must not be missed once they are. */
class SuspicionTest extends SimulatedPoolTest {
  private PoolFixture pool(int connections) {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(connections)
                    .minimumIdle(connections)
                    .connectionTimeout(Duration.ofSeconds(20)));
    pool.advance(Duration.ofSeconds(5));
    return pool;
  }

  private static void execute(Connection connection, String expectedState) {
    String state = "";
    try {
      connection.createStatement().execute("select 1");
    } catch (SQLException e) {
      state = e.getSQLState();
    }
    assertThat(state).isEqualTo(expectedState);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneak(Throwable t) throws T {
    throw (T) t;
  }

  private static PoolFixture.Borrower borrow(PoolFixture pool) {
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    return borrower;
  }

  // ---- what is no sign

  @Test
  void errorOfOneStatement_condemnsItsConnection_andRaisesNoSuspicion() {
    PoolFixture pool = pool(4);
    for (int i = 0; i < 50; i++) {
      Connection used = pool.get();
      pool.session(used)
          .onNextCall(
              () -> {
                throw SuspicionTest.<RuntimeException>sneak(
                    new SQLException("cached plan must not change result type", "0A000"));
              });
      execute(used, "0A000");
      PoolFixture.giveBack(used);
      pool.advanceMillis(100);
    }
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(50);
    assertThat(pool.stats().suspicions()).isZero();
    assertThat(pool.events.lines("health")).isEmpty();
  }

  @Test
  void twoKilledInABusyPool_theOthersAreAskedBeforeTheyAreCondemned() {
    PoolFixture pool = pool(8);
    pool.slowConnects(Duration.ofMillis(20));
    List<Connection> all = pool.get(8);
    pool.advanceMillis(25);
    all.forEach(connection -> execute(connection, ""));
    pool.session(all.get(0)).kill();
    pool.session(all.get(1)).kill();
    PoolFixture.giveBack(all.subList(2, 8));
    execute(all.get(0), "08006");
    execute(all.get(1), "08006");
    PoolFixture.giveBack(all.subList(0, 2));
    pool.advance(Duration.ofSeconds(3));
    assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.FATAL_ERROR);
    assertThat(pool.stats().generation()).isEqualTo(1);
    assertThat(pool.stats().health()).isEqualTo(Health.UP);
  }
}
