package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Borrowers who do not give back are named once, and so is the end of it. */
class LeakTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void longBorrow_isReportedOnce_byThreadName() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(Duration.ofSeconds(5)));
      PoolFixture.Borrower borrower = pool.borrow();
      pool.runtime.runTasks();
      borrower.awaitEnd();
      pool.advanceMillis(4_900);
      assertThat(pool.stats().leaks()).isZero();
      pool.advanceMillis(1_200);
      assertThat(pool.stats().leaks()).isEqualTo(1);
      pool.advance(Duration.ofMinutes(1));
      assertThat(pool.stats().leaks()).isEqualTo(1);
      assertThat(pool.events.lines("leak 1 by borrower-1 for ")).hasSize(1);
      assertThat(log.count("fixture: connection #1 has been out for ")).isEqualTo(1);
      assertThat(log.text()).contains("borrowed by thread \"borrower-1\"; that thread has ended");

      borrower.giveBack();
      pool.runtime.runTasks();
      assertThat(pool.events.lines("leak returned")).containsExactly("leak returned 1");
      assertThat(log.count("#1, reported as leaked, came back after 6")).isEqualTo(1);
      assertThat(pool.stats().idle()).isEqualTo(1);
    }
  }

  /** As on a laptop that was suspended: the borrower could not give it back. */
  @Test
  void standstillOfTheProcess_isNoLeak() {
    PoolFixture pool = start(c -> c.leakDetectionThreshold(Duration.ofSeconds(5)));
    Connection held = pool.get();
    pool.advance(SECOND);
    pool.runtime.standStill(Duration.ofMinutes(1));
    pool.advance(SECOND);
    assertThat(pool.stats().leaks()).isZero();
    pool.advance(Duration.ofSeconds(6));
    assertThat(pool.stats().leaks()).isEqualTo(1);
    PoolFixture.giveBack(held);
  }

  @Test
  void holderThatLives_isShownWhereItIs() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND));
      Connection held = borrowedFarDown(pool);
      pool.advance(SECOND.multipliedBy(2));
      assertThat(log.text())
          .contains("that thread is now here:")
          .contains("stack of thread \"" + Thread.currentThread().getName() + "\"")
          .contains("LeakTest.holderThatLives_isShownWhereItIs");
      PoolFixture.giveBack(held);
    }
  }

  /** On a machine that is short of time, what follows is the stack of something else. */
  @Test
  void givenBackBeforeTheReport_noStackIsShown() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND));
      Connection held = pool.get();
      pool.runtime.beforeNextTask(() -> PoolFixture.giveBack(held));
      pool.advance(SECOND.multipliedBy(2));
      assertThat(log.text()).contains("it has just come back").doesNotContain("stack of thread");
    }
  }

  @Test
  void withStackTraces_theReportNamesTheLine() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND).leakDetectionStackTrace(true));
      Connection held = borrowedFarDown(pool);
      pool.advance(SECOND.multipliedBy(2));
      assertThat(log.text())
          .contains("connection #1 was borrowed here")
          .contains("LeakTest.borrowedFarDown");
      PoolFixture.giveBack(held);
    }
  }

  private static Connection borrowedFarDown(PoolFixture pool) {
    return pool.get();
  }

  @Test
  void withoutStackTraces_noLineIsNamed() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND));
      Connection held = borrowedFarDown(pool);
      pool.advance(SECOND.multipliedBy(2));
      assertThat(log.text()).contains("that thread is now here").doesNotContain("borrowedFarDown");
      PoolFixture.giveBack(held);
    }
  }

  @Test
  void ifAskedFor_theReportSaysWhatWasSentLast() throws SQLException {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND).reportSql(true));
      Connection held = pool.get();
      try (Statement statement = held.createStatement()) {
        statement.execute("select 1 where name = 'secret'");
      }
      pool.advance(SECOND.multipliedBy(2));
      assertThat(log.text())
          .containsPattern(
              "borrowed by thread \"[^\"]+\", \\d+ ms ago it sent: select \\? where name")
          .doesNotContain("secret");
      PoolFixture.giveBack(held);
    }
  }

  @Test
  void nextBorrow_isALeakOfItsOwn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).leakDetectionThreshold(SECOND));
    for (int i = 1; i <= 3; i++) {
      Connection held = pool.get();
      pool.advance(SECOND.multipliedBy(2));
      assertThat(pool.stats().leaks()).isEqualTo(i);
      PoolFixture.giveBack(held);
      pool.runtime.runTasks();
      assertThat(pool.events.lines("leak returned")).hasSize(i);
    }
    assertThat(pool.database.opened()).isEqualTo(1);
  }

  @Test
  void shortBorrows_areNoLeak_howeverMany() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).leakDetectionThreshold(SECOND));
    for (int i = 0; i < 50; i++) {
      Connection held = pool.get();
      pool.advanceMillis(900);
      PoolFixture.giveBack(held);
    }
    assertThat(pool.stats().leaks()).isZero();
  }

  @Test
  void doomedConnection_isReportedToo_andSoIsItsReturn() {
    PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND));
    Connection held = pool.get();
    pool.engine.evict();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().leaks()).isEqualTo(1);
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.events.lines("leak returned")).hasSize(1);
    assertThat(pool.stats().total()).isZero();
  }

  @Test
  void leakWithSomethingToReset_comesBackToo() throws SQLException {
    PoolFixture pool = start(c -> c.leakDetectionThreshold(SECOND));
    Connection held = pool.get();
    held.setAutoCommit(false);
    pool.advance(SECOND.multipliedBy(2));
    PoolFixture.giveBack(held);
    pool.runtime.runTasks();
    assertThat(pool.events.lines("leak returned")).hasSize(1);
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void thresholdZero_reportsNothing_andCanBeChangedWhileRunning() {
    PoolFixture pool = start(c -> c);
    Connection held = pool.get();
    pool.advance(Duration.ofHours(1));
    assertThat(pool.stats().leaks()).isZero();
    pool.reconfigure(c -> c.leakDetectionThreshold(SECOND));
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().leaks()).isEqualTo(1);
    PoolFixture.giveBack(held);
  }

  // ---- maxBorrowTime

  @Test
  void borrowBeyondItsTime_isTakenBack_andServesTheNext() throws SQLException {
    PoolFixture pool =
        start(
            c ->
                c.maximumPoolSize(1)
                    .maxBorrowTime(SECOND.multipliedBy(5))
                    .connectionTimeout(SECOND.multipliedBy(30)));
    Connection held = pool.get();
    FakeDatabase.Session session = pool.session(held);
    PoolFixture.Borrower next = pool.borrow();
    pool.advanceMillis(4_900);
    assertThat(held.getCatalog()).isEqualTo("main");
    assertThat(next.isWaiting()).isTrue();
    pool.advance(SECOND.multipliedBy(3));
    assertThat(next.isServed()).isTrue();
    assertThat(pool.cutOff()).containsExactly(session);
    assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isEqualTo(1);
    assertThatThrownBy(held::createStatement)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"))
        .hasMessageContaining("borrowed for longer than maxBorrowTime");
    PoolFixture.giveBack(held); // late, and of no effect
    assertThat(pool.stats().active()).isEqualTo(1);
    next.giveBack();
  }

  /** The thread that rings the timers of all pools must not wait for the log. */
  @Test
  void takingBack_isToldOfByAWorker() {
    PoolFixture pool = start(c -> c.maxBorrowTime(SECOND));
    Connection held = pool.get();
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      pool.runtime.passWithoutTasks(SECOND.multipliedBy(2));
      assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isEqualTo(1);
      assertThat(log.lines()).isEmpty();
      pool.runtime.runTasks();
      assertThat(log.count("fixture: connection #1 is taken back from thread ")).isEqualTo(1);
    }
    PoolFixture.giveBack(held);
  }

  /** Nobody could have given it back meanwhile. */
  @Test
  void standstill_isNotTheBorrowersTime() {
    PoolFixture pool = start(c -> c.maxBorrowTime(SECOND.multipliedBy(60)));
    Connection before = pool.get();
    pool.advance(SECOND.multipliedBy(5));
    pool.runtime.standStill(SECOND.multipliedBy(120));
    Connection after = pool.get(); // the coarse clock still shows the time of before
    pool.advance(SECOND.multipliedBy(50));
    assertThat(pool.stats().retired()).isEmpty();
    pool.advance(SECOND.multipliedBy(8));
    assertThat(pool.stats().active()).as("56 s of the first one's time were its own").isEqualTo(1);
    pool.advance(SECOND.multipliedBy(5));
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isEqualTo(2);
    PoolFixture.giveBack(List.of(before, after));
  }

  @Test
  void leakIsReported_beforeItIsTakenBack() {
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      PoolFixture pool =
          start(c -> c.leakDetectionThreshold(SECOND.multipliedBy(3)).maxBorrowTime(SECOND));
      PoolFixture.Borrower borrower = pool.borrow();
      pool.advance(SECOND.multipliedBy(2));
      assertThat(pool.stats().active()).as("shorter than the threshold: no report").isZero();
      assertThat(log.count("is taken back from thread \"borrower-1\" after 1")).isEqualTo(1);
      borrower.giveBack();
      pool.reconfigure(c -> c.maxBorrowTime(SECOND.multipliedBy(3)));
      PoolFixture.Borrower other = pool.borrow();
      pool.advance(SECOND.multipliedBy(6));
      assertThat(pool.stats().leaks()).isEqualTo(1);
      assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isEqualTo(2);
      other.giveBack();
    }
  }

  @Test
  void shortBorrows_areNotTakenBack_norIsWhatIsDoomedAndShort() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).maxBorrowTime(SECOND));
    for (int i = 0; i < 20; i++) {
      Connection held = pool.get();
      pool.engine.evict();
      pool.advanceMillis(900);
      PoolFixture.giveBack(held);
      pool.runtime.runTasks();
    }
    assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isZero();
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(20);
  }

  @Test
  void doomedConnection_isTakenBackToo() {
    PoolFixture pool = start(c -> c.maxBorrowTime(SECOND));
    Connection held = pool.get();
    pool.engine.evict();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().retired(RetireReason.BORROWED_TOO_LONG)).isEqualTo(1);
    PoolFixture.giveBack(held);
  }
}
