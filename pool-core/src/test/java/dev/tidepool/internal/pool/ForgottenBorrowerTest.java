package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an idle connection keeps of the borrower it had: nothing. */
class ForgottenBorrowerTest extends SimulatedPoolTest {
  private static Entry entry(Connection borrowed) {
    return ((BorrowedConnection) borrowed).entry();
  }

  @Test
  void threadThatHasEnded_isNotKeptByTheConnectionItHad() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    PoolFixture.Borrower borrower = pool.borrow();
    pool.runtime.runTasks();
    borrower.awaitEnd();
    Entry entry = entry(borrower.connection());
    borrower.giveBack();
    pool.advance(Duration.ofSeconds(11)); // two passes of a pool that nobody uses
    assertThat(entry.holder()).isNull();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  /** A stack keeps the classes of its methods. */
  @Test
  void recordedStack_isNotKeptAfterTheReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).leakDetectionStackTrace(true));
    Connection held = pool.get();
    Entry entry = entry(held);
    assertThat(entry.borrowStack()).isNotNull();
    PoolFixture.giveBack(held);
    assertThat(entry.borrowStack()).isNull();
  }
}
