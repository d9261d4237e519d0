package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Borrowers in calls that nothing ends, after a failover. */
class LostSessionsTest extends SimulatedPoolTest {
  private PoolFixture pool(boolean abort) {
    PoolFixture pool = start(c -> c.maximumPoolSize(6).minimumIdle(6).abortInUseOnFailover(abort));
    pool.advance(Duration.ofSeconds(5));
    return pool;
  }

  /** The old connections fall silent, idle ones and lent ones, and somebody asks for one. */
  private static void blackHole(PoolFixture pool) {
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    PoolFixture.Borrower borrower = pool.borrow();
    pool.advanceUntil(borrower::isServed);
    borrower.giveBack();
  }

  @Test
  void sessionThatTheNewServerDoesNotKnow_isCutOff() {
    PoolFixture pool = pool(true);
    Connection stuck = pool.get();
    FakeDatabase.Session session = pool.session(stuck);
    pool.advance(Duration.ofSeconds(2));
    pool.failOver();
    blackHole(pool);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.cutOff()).contains(session);
    assertThat(pool.stats().retired(RetireReason.SESSION_LOST)).isEqualTo(1);
    PoolFixture.giveBack(stuck);
  }

  @Test
  void sessionThatIsStillListed_isLeftAlone_untilItIsNot() {
    PoolFixture pool = pool(true);
    Connection stuck = pool.get();
    FakeDatabase.Session session = pool.session(stuck);
    pool.advance(Duration.ofSeconds(2));
    blackHole(pool);
    pool.advance(Duration.ofSeconds(20));
    assertThat(pool.stats().retired(RetireReason.SESSION_LOST)).isZero();
    pool.unlist(session);
    pool.advance(Duration.ofSeconds(6));
    assertThat(pool.cutOff()).contains(session);
    PoolFixture.giveBack(stuck);
  }

  @Test
  void switchedOff_nobodyIsCutOff() {
    PoolFixture pool = pool(false);
    Connection stuck = pool.get();
    FakeDatabase.Session session = pool.session(stuck);
    pool.advance(Duration.ofSeconds(2));
    pool.failOver();
    blackHole(pool);
    pool.advance(Duration.ofSeconds(20));
    assertThat(pool.cutOff()).doesNotContain(session);
    session.onNextCall(() -> {});
    PoolFixture.giveBack(stuck);
  }

  @Test
  void whoSpeaksMeanwhile_isLeftAlone() throws Exception {
    PoolFixture pool = pool(true);
    Connection living = pool.get();
    FakeDatabase.Session session = pool.session(living);
    pool.advance(Duration.ofSeconds(2));
    pool.failOver();
    blackHole(pool);
    session.onNextCall(() -> {});
    living.createStatement().execute("select 1");
    pool.advance(Duration.ofSeconds(20));
    assertThat(pool.stats().retired(RetireReason.SESSION_LOST)).isZero();
    PoolFixture.giveBack(living);
  }

  /** Ends the generation of whoever is idle while a lent connection hangs in a read. */
  private static void anotherGenerationEnds(PoolFixture pool) {
    int before = pool.stats().generation();
    pool.advance(Duration.ofSeconds(2)); // nobody is quiet enough to be asked before
    blackHole(pool);
    pool.advance(Duration.ofMillis(1_500));
    assertThat(pool.stats().generation()).isEqualTo(before + 1);
  }

  @Test
  void manyGenerationsEnd_oneLoopLooks_forTheSessionsOfAll() {
    PoolFixture pool = pool(true);
    Connection first = pool.get();
    anotherGenerationEnds(pool);
    Connection second = pool.get();
    anotherGenerationEnds(pool);
    anotherGenerationEnds(pool);
    anotherGenerationEnds(pool);
    int before = pool.listings();
    pool.advance(Duration.ofSeconds(50));
    assertThat(pool.listings() - before).as("one in 5 s").isBetween(9, 11);
    // Of a generation that ended after the first look had begun.
    FakeDatabase.Session lost = pool.session(second);
    pool.unlist(lost);
    pool.advance(Duration.ofSeconds(6));
    assertThat(pool.cutOff()).contains(lost).doesNotContain(pool.session(first));
    PoolFixture.giveBack(first);
    PoolFixture.giveBack(second);
  }

  @Test
  void theLoop_endsAfterTenMinutes_orWithThePool() {
    PoolFixture pool = pool(true);
    Connection stuck = pool.get();
    anotherGenerationEnds(pool);
    pool.advance(Duration.ofMinutes(10));
    int before = pool.listings();
    assertThat(before).isBetween(110, 121);
    pool.advance(Duration.ofMinutes(2));
    assertThat(pool.listings()).isEqualTo(before);
    anotherGenerationEnds(pool);
    int again = pool.listings();
    assertThat(again).isGreaterThan(before);
    pool.engine.close();
    pool.advance(Duration.ofMinutes(1));
    assertThat(pool.listings()).isEqualTo(again);
    PoolFixture.giveBack(stuck);
  }
}
