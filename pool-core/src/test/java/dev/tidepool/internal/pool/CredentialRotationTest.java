package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** User, password or provider changed while the pool runs: what becomes of the sessions there. */
class CredentialRotationTest extends SimulatedPoolTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static void change(PoolFixture pool) {
    pool.reconfigure(c -> c.username("app").password("second"));
  }

  private static long renewed(PoolFixture pool) {
    return pool.stats().retired(RetireReason.CREDENTIALS_CHANGED);
  }

  @Test
  void fullPool_isRenewedOneByOne() {
    PoolFixture pool = start(c -> c.maximumPoolSize(6).minimumIdle(6).password("first"));
    List<FakeDatabase.Session> before = pool.database.sessions();
    pool.slowConnects(Duration.ofMillis(70));
    change(pool);
    int[] fewest = {6};
    pool.advance(
        SECOND.multipliedBy(5), () -> fewest[0] = Math.min(fewest[0], pool.stats().idle()));
    assertThat(before).allMatch(FakeDatabase.Session::isClosed);
    assertThat(fewest[0]).isEqualTo(5);
    assertThat(pool.stats().idle()).isEqualTo(6);
    assertThat(renewed(pool)).isEqualTo(6);
    pool.advance(MINUTE);
    assertThat(pool.database.opened()).as("and that is all").isEqualTo(12);
  }

  /** All sessions were replaced by such that logged in as those of before. */
  @Test
  void passwordThatNobodyLogsInWith_replacesNothing() {
    PoolFixture pool =
        start(c -> c.jdbcUrl(null).dataSourceClassName("a.B").maximumPoolSize(3).minimumIdle(3));
    pool.reconfigure(c -> c.password("second"));
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isZero();
    change(pool);
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(3);
    pool.reconfigure(c -> c.password("third"));
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(6);
  }

  /** As an operator does who has found out how many sessions the server allows. */
  @Test
  void maximumLoweredAfterARefusal_isRenewedAllTheSame() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(3).password("first"));
    pool.advance(SECOND);
    pool.refuseConnects();
    List<Connection> held = pool.get(3);
    pool.advance(SECOND.multipliedBy(5));
    assertThat(pool.stats().connectFailures()).isPositive();
    PoolFixture.giveBack(held);
    pool.reconfigure(c -> c.maximumPoolSize(3));
    pool.acceptConnects();
    change(pool);
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(3);
  }

  /** Its place is not free before, so to close another one would open none. */
  @Test
  void oneThatIsBeingClosed_isWaitedFor() {
    PoolFixture pool = start(c -> c.maximumPoolSize(6).minimumIdle(6).password("first"));
    SimulatedRuntime.Hang hang = pool.runtime.hang();
    pool.database.sessions().forEach(session -> session.onNextCall(hang));
    change(pool);
    pool.advanceMillis(200);
    assertThat(hang.inside()).isEqualTo(1);
    assertThat(renewed(pool)).isEqualTo(1);
    hang.end();
    pool.advance(SECOND.multipliedBy(5));
    assertThat(renewed(pool)).isEqualTo(6);
  }

  @Test
  void whereThereIsRoom_theNewOneComesFirst() {
    PoolFixture pool = start(c -> c.maximumPoolSize(8).minimumIdle(3).password("first"));
    pool.slowConnects(Duration.ofMillis(70));
    change(pool);
    int[] idle = {3, 3};
    pool.advance(
        SECOND.multipliedBy(5),
        () -> {
          idle[0] = Math.min(idle[0], pool.stats().idle());
          idle[1] = Math.max(idle[1], pool.stats().idle());
        });
    assertThat(renewed(pool)).isEqualTo(3);
    assertThat(idle).containsExactly(3, 4);
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  @Test
  void lentOnes_goOnReturn() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3).password("first"));
    List<Connection> held = pool.get(3);
    List<FakeDatabase.Session> before = pool.database.sessions();
    change(pool);
    pool.advance(MINUTE);
    assertThat(before).noneMatch(FakeDatabase.Session::isClosed);
    PoolFixture.giveBack(held);
    pool.advance(SECOND.multipliedBy(5));
    assertThat(before).allMatch(FakeDatabase.Session::isClosed);
    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  /** The new user may not be allowed as many sessions as the old one. */
  @Test
  void lentOnes_areNotAllDoomedAtOnce() {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).minimumIdle(5).password("first"));
    List<Connection> held = pool.get(4);
    change(pool); // the idle one is replaced at once
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(1);
    pool.refuseConnects();
    PoolFixture.giveBack(held);
    pool.advance(SECOND.multipliedBy(5));
    assertThat(pool.stats().idle()).as("one of those held was doomed").isEqualTo(4);
    pool.acceptConnects();
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(5);
  }

  /** Nothing is ever idle when upkeep looks. */
  @Test
  void busyPool_isRenewedToo() {
    PoolFixture pool = start(c -> c.maximumPoolSize(2).minimumIdle(2).password("first"));
    List<FakeDatabase.Session> before = pool.database.sessions();
    change(pool);
    List<Connection> held = pool.get(2);
    for (int i = 0; i < 100; i++) {
      pool.advanceMillis(45);
      PoolFixture.giveBack(held);
      pool.runtime.runTasks();
      held = pool.get(2);
    }
    PoolFixture.giveBack(held);
    assertThat(before).allMatch(FakeDatabase.Session::isClosed);
  }

  @Test
  void wrongCredentials_leaveTheOldSessionsServing() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(2).password("first"));
    pool.refuseConnects();
    change(pool);
    pool.advance(MINUTE.multipliedBy(10));
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().retired()).isEmpty();
    pool.acceptConnects();
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(2);
    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  /** Each session that goes then is one that nobody can replace. */
  @Test
  void whereConnectsFailHalfWay_nothingMoreGoes() {
    PoolFixture pool = start(c -> c.maximumPoolSize(8).minimumIdle(6).password("first"));
    pool.slowConnects(Duration.ofMillis(70));
    change(pool);
    pool.advanceUntil(() -> renewed(pool) == 3);
    pool.refuseConnects();
    pool.advance(MINUTE);
    assertThat(pool.stats().idle()).isEqualTo(6);
    pool.acceptConnects();
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(6);
  }

  @Test
  void wrongCredentials_costAFullPoolOnePlace() {
    PoolFixture pool = start(c -> c.maximumPoolSize(4).minimumIdle(4).password("first"));
    pool.refuseConnects();
    change(pool);
    pool.advance(MINUTE.multipliedBy(10));
    assertThat(pool.stats().idle()).isEqualTo(3);
    assertThat(renewed(pool)).isEqualTo(1);
    pool.acceptConnects();
    pool.reconfigure(c -> c.password("third"));
    pool.advance(MINUTE);
    assertThat(renewed(pool)).isEqualTo(4);
    assertThat(pool.stats().idle()).isEqualTo(4);
  }

  @Test
  void connectUnderWay_withTheOldOnes_isReplacedToo() {
    PoolFixture pool = create(c -> c.maximumPoolSize(4).minimumIdle(2).password("first"));
    pool.slowConnects(SECOND);
    pool.start();
    pool.advanceMillis(500);
    assertThat(pool.stats().connecting()).isEqualTo(2);
    change(pool);
    pool.advance(SECOND.multipliedBy(20));
    assertThat(renewed(pool)).isEqualTo(2);
    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.database.opened()).isEqualTo(4);
  }

  @Test
  void suspendedPool_waitsForTheResume() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(2).password("first"));
    pool.engine.suspend();
    change(pool);
    pool.advance(MINUTE);
    assertThat(pool.database.opened()).isEqualTo(2);
    pool.engine.resume();
    pool.advance(SECOND.multipliedBy(10));
    assertThat(renewed(pool)).isEqualTo(2);
  }

  @Test
  void sameCredentials_andOtherChanges_renewNothing() {
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(3).password("first"));
    pool.reconfigure(c -> c.password("first"));
    pool.reconfigure(c -> c.maximumWaiters(7));
    pool.advance(MINUTE);
    assertThat(pool.stats().retired()).isEmpty();
  }

  @Test
  void anotherProvider_renews_andHidesThePassword() {
    CredentialsProvider first = () -> new Credentials("app", "first");
    CredentialsProvider second = () -> new Credentials("app", "second");
    PoolFixture pool = start(c -> c.maximumPoolSize(3).minimumIdle(2).credentialsProvider(first));
    pool.reconfigure(c -> c.password("of no use"));
    pool.advance(SECOND.multipliedBy(10));
    assertThat(renewed(pool)).isZero();
    pool.reconfigure(c -> c.credentialsProvider(second));
    pool.advance(SECOND.multipliedBy(10));
    assertThat(renewed(pool)).isEqualTo(2);
  }
}
