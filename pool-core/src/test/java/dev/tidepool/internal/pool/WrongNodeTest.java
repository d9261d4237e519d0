package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.upkeep.WrongNode;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.LogCapture;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that answers, and refuses to write. */
class WrongNodeTest extends SimulatedPoolTest {
  private PoolFixture pool() {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).minimumIdle(5));
    pool.advanceMillis(10);
    return pool;
  }

  private static void demoteNode(PoolFixture pool) {
    pool.database.sessions().forEach(FakeDatabase.Session::demote);
  }

  /** Whether the write was refused. */
  private static boolean isRefused(Connection connection) {
    try {
      connection.createStatement().executeUpdate("update t set a = 1");
      return false;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("25006");
      return true;
    }
  }

  @Test
  void switchover_theFirstRefusalRetiresEveryOldConnection() {
    try (LogCapture log = new LogCapture(WrongNode.class)) {
      PoolFixture pool = pool();
      Connection other = pool.get();
      Connection connection = pool.get();
      demoteNode(pool);
      assertThat(isRefused(connection)).isTrue();
      pool.advanceMillis(50);
      PoolFixture.giveBack(connection);
      PoolFixture.giveBack(other);
      pool.advanceMillis(50);
      assertThat(pool.stats().retired()).containsOnlyKeys(RetireReason.WRONG_ROLE);
      assertThat(pool.stats().retired(RetireReason.WRONG_ROLE)).isEqualTo(5);
      assertThat(pool.stats().generation()).isEqualTo(2);
      assertThat(pool.database.sessions())
          .hasSize(5)
          .noneMatch(FakeDatabase.Session::refusesWrites);
      assertThat(log.count("refuses to write, new ones to one that does not")).isEqualTo(1);
      assertThat(pool.events.lines("generation")).hasSize(1);
    }
  }

  /** Which nobody but the pool itself wants to be full: the new one needs the place of the old. */
  @Test
  void switchover_fullPoolThatNeedsFew_oneRefusalIsEnough() {
    PoolFixture pool = start(c -> c.maximumPoolSize(5).minimumIdle(1));
    PoolFixture.giveBack(pool.get(5));
    pool.advanceMillis(10);
    Connection other = pool.get();
    Connection connection = pool.get();
    demoteNode(pool);
    assertThat(isRefused(connection)).isTrue();
    pool.advanceMillis(50);
    PoolFixture.giveBack(connection);
    PoolFixture.giveBack(other);
    pool.advanceMillis(50);
    for (int i = 0; i < 5; i++) {
      Connection next = pool.get();
      assertThat(isRefused(next)).isFalse();
      PoolFixture.giveBack(next);
      pool.advanceMillis(50);
    }
    assertThat(pool.stats().generation()).isEqualTo(2);
  }

  @Test
  void switchoverWhileAllAreInUse_theFirstRefusalWithAnIdleOneRetiresTheOthers() {
    PoolFixture pool = pool();
    List<Connection> all = pool.get(5);
    demoteNode(pool);
    assertThat(isRefused(all.get(0))).isTrue();
    pool.advanceMillis(10);
    assertThat(pool.stats().generation()).isEqualTo(1);
    PoolFixture.giveBack(all.get(1));
    assertThat(isRefused(all.get(2))).isTrue();
    pool.advanceMillis(50);
    assertThat(pool.stats().generation()).isEqualTo(2);
    PoolFixture.giveBack(all);
    pool.advanceMillis(50);
    assertThat(pool.database.sessions()).noneMatch(FakeDatabase.Session::refusesWrites);
  }

  @Test
  void nowhereToWrite_theOthersStay_andItIsSaid() {
    try (LogCapture log = new LogCapture(WrongNode.class)) {
      PoolFixture pool = pool();
      pool.sessionsFrom(
          () -> {
            FakeDatabase.Session session = pool.database.open();
            session.demote();
            return session;
          });
      demoteNode(pool);
      for (int i = 0; i < 20; i++) {
        Connection connection = pool.get();
        assertThat(isRefused(connection)).isTrue();
        PoolFixture.giveBack(connection);
        pool.advanceMillis(100);
      }
      assertThat(pool.stats().generation()).isEqualTo(1);
      assertThat(pool.stats().opened())
          .as("one for each refusal, one for the asked")
          .isLessThan(30);
      assertThat(log.count("and so does the one that new connections lead to")).isEqualTo(1);
    }
  }

  @Test
  void borrowersOwnReadOnlyTransaction_costsOneConnection() {
    PoolFixture pool = pool();
    Connection connection = pool.get();
    pool.session(connection).demote(); // in effect what SET TRANSACTION READ ONLY does
    assertThat(isRefused(connection)).isTrue();
    PoolFixture.giveBack(connection);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().retired(RetireReason.WRONG_ROLE)).isEqualTo(1);
    assertThat(pool.stats().opened()).isEqualTo(6);
    assertThat(pool.stats().generation()).isEqualTo(1);
  }

  @Test
  void readOnlyConnection_isNotExpectedToWrite() throws SQLException {
    PoolFixture pool = pool();
    demoteNode(pool);
    Connection connection = pool.get();
    connection.setReadOnly(true);
    assertThat(isRefused(connection)).isTrue();
    PoolFixture.giveBack(connection);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().retired()).isEmpty();
  }

  @Test
  void everyConnectionInUse_eachIsRetiredByItsOwnRefusal() {
    PoolFixture pool = pool();
    var all = pool.get(5);
    demoteNode(pool);
    assertThat(all).allMatch(WrongNodeTest::isRefused);
    PoolFixture.giveBack(all);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().retired(RetireReason.WRONG_ROLE)).isEqualTo(5);
    assertThat(pool.stats().total()).isEqualTo(5);
  }

  /** A stack keeps the classes of its methods, so that an application could not be unloaded. */
  @Test
  void refusal_isNotKept() {
    PoolFixture pool = pool();
    WeakReference<SQLException> refusal = refuse(pool);
    pool.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().generation()).isEqualTo(2);
    Await.until(
        "collected",
        () -> {
          System.gc();
          return refusal.get() == null;
        });
  }

  /** In a method of its own, so that no local variable of the test holds anything. */
  private static WeakReference<SQLException> refuse(PoolFixture pool) {
    Connection connection = pool.get();
    demoteNode(pool);
    try {
      connection.createStatement().executeUpdate("update t set a = 1");
      throw new AssertionError("not refused");
    } catch (SQLException e) {
      return new WeakReference<>(e);
    } finally {
      PoolFixture.giveBack(connection);
    }
  }
}
