package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolBusyException;
import dev.tidepool.internal.pool.PoolFixture.Borrower;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is refused because so many wait already. */
class MaximumWaitersTest extends SimulatedPoolTest {
  @Test
  void maximumWaiters_refusesAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).maximumWaiters(2));
    Connection held = pool.get();
    Borrower first = pool.borrow();
    Borrower second = pool.borrow();
    Borrower third = pool.borrow();
    assertThat(third.failure()).isInstanceOf(PoolBusyException.class);
    assertThat(third.failure())
        .hasMessageContaining("fixture: refused, maximumWaiters=2")
        .hasMessageContaining("waiting 2")
        .hasMessageContaining("active 1");
    assertThat(((SQLException) third.failure()).getSQLState()).isEqualTo("08004");
    assertThat(third.waited()).isZero();
    assertThat(pool.stats().acquireRefusals()).isEqualTo(1);

    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    first.giveBack();
    pool.runtime.runTasks();
    second.giveBack();
    // Those who left make room.
    PoolFixture.giveBack(pool.get());
  }

  /** The limit is for those who wait for others to give back. */
  @Test
  void whoWaitsForACheckOnly_isNotRefused() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(2).minimumIdle(2).maximumWaiters(1).hedgeAfter(Duration.ZERO));
    pool.advance(Duration.ofSeconds(5)); // so that both are quiet
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    List<Borrower> borrowers = List.of(pool.borrow(), pool.borrow(), pool.borrow());
    pool.runtime.runTasks();
    assertThat(hang.inside()).isEqualTo(2);
    assertThat(borrowers).allMatch(Borrower::isWaiting);
    assertThat(pool.borrow().failure()).isInstanceOf(PoolBusyException.class);
    hang.end();
    for (Borrower borrower : borrowers) {
      pool.runtime.runTasks();
      borrower.giveBack();
    }
  }

  @Test
  void asManyWaitersAsANumberCanTell_nobodyIsRefused() {
    PoolFixture pool =
        start(c -> c.maximumPoolSize(2).minimumIdle(2).maximumWaiters(Integer.MAX_VALUE));
    pool.advance(Duration.ofSeconds(5));
    Borrower borrower = pool.borrow(); // of a quiet connection, which is checked
    pool.advance(Duration.ofSeconds(1));
    assertThat(borrower.isServed()).isTrue();
    borrower.giveBack();
  }
}
