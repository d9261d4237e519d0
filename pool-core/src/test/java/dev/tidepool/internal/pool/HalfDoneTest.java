package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.testing.FakeDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a thread has left half way, as its stack or the memory came to its end, costs no place. */
class HalfDoneTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void retiredAndNothingElse_countsAsOpen_untilUpkeepHasClosedIt() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    FakeDatabase.Session session = pool.database.sessions().get(0);
    assertThat(entry(pool).retireIdle()).isTrue();
    assertThat(pool.stats().total()).isEqualTo(1);
    pool.advance(SECOND.multipliedBy(4));
    assertThat(session.isClosed()).isTrue();
    assertThat(pool.database.opened()).isEqualTo(2);
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().closing()).isZero();
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void retiredAndNothingElse_isClosedWithThePool() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    assertThat(entry(pool).retireIdle()).isTrue();
    long before = pool.runtime.nanoTime();
    pool.engine.close();
    assertThat(pool.runtime.nanoTime()).as("no patience is needed").isEqualTo(before);
    assertThat(pool.database.openNow()).isZero();
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.stats().retired(RetireReason.POOL_CLOSED)).isEqualTo(2);
  }

  /** Whoever had moved it there had noted why. */
  @Test
  void retiredForAReason_isClosedForThat_withThePoolToo() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    entry(pool).retiredFor(Doom.of(RetireReason.SESSION_LOST));
    assertThat(entry(pool).retireIdle()).isTrue();
    pool.engine.close();
    assertThat(pool.stats().retired(RetireReason.SESSION_LOST)).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.POOL_CLOSED)).isEqualTo(1);
  }

  /** However many set out on it; their counts would go wrong for good. */
  @Test
  void retiredByTwo_isClosedOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2));
    Entry entry = entry(pool);
    assertThat(entry.retireIdle()).isTrue();
    pool.engine.inventory().retire(entry, Doom.of(RetireReason.EVICTED));
    pool.engine.inventory().retire(entry, Doom.of(RetireReason.SURPLUS));
    pool.runtime.runTasks();
    assertThat(pool.stats().total()).isEqualTo(2);
    assertThat(pool.stats().closed()).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.EVICTED)).isEqualTo(1);
    assertThat(pool.stats().retired(RetireReason.SURPLUS)).isZero();
  }

  /** Its borrower's stack came to its end before anybody was told that it is idle. */
  @Test
  void givenBackAndForsaken_isPassedOnByTheNextPass() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    Entry entry = entry(pool);
    PoolFixture.Borrower waiting = pool.borrow();
    long lease = entry.lease();
    assertThat(entry.tryRelease(lease)).isTrue();
    entry.forsaken = lease;
    pool.advance(SECOND.multipliedBy(2));
    assertThat(waiting.isServed()).isTrue();
    PoolFixture.giveBack(held); // too late, and nobody's loss
    assertThat(pool.stats().active()).isEqualTo(1);
    waiting.giveBack();
  }

  /** The waiter was handed a connection that had died meanwhile. */
  @Test
  void givenBackAndForsaken_isAskedBeforeItIsPassedOn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    FakeDatabase.Session first = pool.session(pool.get());
    Entry entry = entry(pool);
    pool.advance(SECOND.multipliedBy(10)); // in which nothing was heard of it
    PoolFixture.Borrower waiting = pool.borrow();
    first.kill();
    long lease = entry.lease();
    assertThat(entry.tryRelease(lease)).isTrue();
    entry.forsaken = lease;
    pool.advance(SECOND.multipliedBy(10));
    assertThat(waiting.isServed()).isTrue();
    assertThat(pool.session(waiting.connection())).isNotSameAs(first);
    assertThat(first.isClosed()).isTrue();
    waiting.giveBack();
  }

  @Test
  void takenAndNeverLent_isRetiredAfterHalfAMinute() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    PoolFixture.giveBack(pool.get());
    assertThat(pool.engine.exchange().tryAcquire()).isNotNull();
    pool.advance(SECOND.multipliedBy(29));
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isZero();
    pool.advance(SECOND.multipliedBy(5));
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isEqualTo(1);
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void lentForLong_isNot() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection held = pool.get();
    pool.advance(SECOND.multipliedBy(100));
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isZero();
    PoolFixture.giveBack(held);
  }

  @Test
  void lentAndForsaken_isRetiredByTheNextPass() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection unused = pool.get();
    Entry entry = entry(pool);
    entry.forsaken = entry.lease();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isEqualTo(1);
    PoolFixture.giveBack(pool.get());
  }

  @Test
  void beingReturnedAndForsaken_isRetiredByTheNextPass() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection unused = pool.get();
    Entry entry = entry(pool);
    long lease = entry.lease();
    assertThat(entry.beginReturn(lease)).isTrue();
    entry.forsaken = lease;
    pool.advance(SECOND.multipliedBy(2));
    assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isEqualTo(1);
    PoolFixture.giveBack(pool.get());
  }

  /** Written where the lease was over already: it is another's by now. */
  @Test
  void forsakenTooLate_harmsNoOtherBorrower() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1));
    Connection first = pool.get();
    Entry entry = entry(pool);
    long lease = entry.lease();
    PoolFixture.giveBack(first);
    Connection next = pool.get();
    entry.forsaken = lease;
    pool.advance(SECOND.multipliedBy(100));
    assertThat(pool.stats().retired(RetireReason.ABORTED)).isZero();
    PoolFixture.giveBack(next);
    assertThat(pool.database.opened()).isEqualTo(1);
  }

  /** Its very first borrower has taken it, and has yet to be noted, when it is evicted. */
  @Test
  void newOneEvictedOnItsWayToTheBorrower_isLentAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    FakeDatabase.Session session = pool.database.sessions().get(0);
    assertThat(pool.engine.exchange().tryAcquire()).isNotNull();
    pool.engine.evict();
    pool.advance(SECOND.multipliedBy(2));
    assertThat(session.isClosed()).isFalse();
    assertThat(pool.stats().retired(RetireReason.RESET_FAILED)).isZero();
  }

  private static Entry entry(PoolFixture pool) {
    AtomicReference<Entry> last = new AtomicReference<>();
    pool.engine.exchange().forEach(last::set);
    return last.get();
  }
}
