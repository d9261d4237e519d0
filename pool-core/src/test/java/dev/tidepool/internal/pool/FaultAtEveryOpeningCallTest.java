package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectAttempt;
import dev.tidepool.internal.connect.ConnectSettings;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.ConnectionSources;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.pool.FaultAtEveryCallTest.Fault;
import dev.tidepool.testing.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * As {@link FaultAtEveryCallTest}, but what goes wrong is a call by which the pool opens and
 * prepares a connection: login, questions to the server, and everything that can be configured.
 */
class FaultAtEveryOpeningCallTest {
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(3);

  /** Longer than any fault goes on. */
  private static final Duration LONG = Duration.ofMinutes(3);

  /** How every borrower must find a session. */
  private static final String PREPARED =
      "autoCommit=false, readOnly, isolation, schema=sch, Catalog=cat, NetworkTimeout=7000";

  private static final ConnectSettings.Session SESSION =
      new ConnectSettings.Session(
          false,
          true,
          Connection.TRANSACTION_SERIALIZABLE,
          "cat",
          "sch",
          Duration.ofSeconds(7),
          "init",
          "test",
          "ping",
          false,
          Role.PRIMARY);

  @ParameterizedTest
  @EnumSource
  void borrowersAreAnswered_andMeetPreparedSessionsOnly(Fault fault) {
    int calls = tell(fault, Integer.MAX_VALUE);
    assertThat(calls).as("calls of the driver while it opens").isGreaterThan(40);
    for (int broken = 1; broken <= calls; broken++) {
      tell(fault, broken);
    }
  }

  /** Returns how many calls opened the connection. */
  private static int tell(Fault fault, int broken) {
    try (PoolFixture pool =
        PoolFixture.create(c -> c.maximumPoolSize(2).connectionTimeout(CONNECTION_TIMEOUT))) {
      Opening opening = new Opening(pool, fault, broken);
      pool.openBy(opening);
      pool.start();
      borrow(pool);
      int calls = opening.calls;
      opening.over = true;
      pool.advance(LONG);
      List<Connection> all = pool.get(2);
      all.forEach(connection -> assertPrepared(pool, connection));
      assertThat(pool.database.openNow()).as("sessions").isEqualTo(pool.stats().total());
      PoolFixture.giveBack(all);
      return calls;
    } catch (AssertionError e) {
      throw new AssertionError(fault + " at call " + broken + ": " + e.getMessage(), e);
    }
  }

  private static void borrow(PoolFixture pool) {
    PoolFixture.Borrower borrower = pool.borrow();
    pool.advanceUntil(() -> !borrower.isWaiting());
    assertThat(borrower.waited()).isLessThanOrEqualTo(CONNECTION_TIMEOUT);
    assertThat(borrower.isInterruptedAfter()).isFalse();
    if (borrower.isServed()) {
      assertPrepared(pool, borrower.connection());
      borrower.giveBack();
    } else {
      assertThat(borrower.failure()).isInstanceOf(SQLException.class);
    }
  }

  private static void assertPrepared(PoolFixture pool, Connection connection) {
    assertThat(pool.session(connection).leftovers()).isEqualTo(PREPARED);
  }

  /** Opens as the pool of a user does, and has one call of the driver go wrong. */
  private static final class Opening implements ConnectionSource {
    private final PoolFixture pool;
    private final Fault fault;
    private final int broken;
    private final ConnectionSource source;
    private final Set<Thread> inside = new HashSet<>();
    private int calls;
    private boolean over;

    Opening(PoolFixture pool, Fault fault, int broken) {
      this.pool = pool;
      this.fault = fault;
      this.broken = broken;
      pool.database.product("PostgreSQL");
      ConnectSettings.Target target =
          new ConnectSettings.Target(
              null, null, FakeDatabase.dataSource(this::login), null, null, Map.of());
      source =
          ConnectionSources.create(
              new ConnectSettings(
                  "fixture",
                  target,
                  null,
                  SESSION,
                  ConnectSettings.Tcp.OFF,
                  true,
                  true,
                  Duration.ofSeconds(2)));
    }

    private FakeDatabase.Session login() {
      call(null);
      FakeDatabase.Session session = pool.database.open();
      session.onEachCall(() -> call(session));
      return session;
    }

    /** What others do with a session meanwhile, such as to abort it, does not count. */
    private void call(FakeDatabase.@Nullable Session session) {
      boolean strikes = !over && inside.contains(Thread.currentThread()) && ++calls == broken;
      if (strikes && (session != null || fault != Fault.SESSION_KILLED)) {
        fault.strike(pool, session);
      }
    }

    @Override
    public PhysicalConnection open(ConnectAttempt attempt) throws SQLException {
      inside.add(Thread.currentThread());
      try {
        return source.open(attempt);
      } finally {
        inside.remove(Thread.currentThread());
      }
    }

    @Override
    public @Nullable Duration idleLimit() {
      return source.idleLimit();
    }

    @Override
    public void forget() {
      source.forget();
    }

    @Override
    public void closing(Connection connection) {
      source.closing(connection);
    }
  }
}
