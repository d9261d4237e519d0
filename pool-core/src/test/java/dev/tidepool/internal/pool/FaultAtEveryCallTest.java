package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.FakeDatabase;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same story is told again and again, and each time another call of the driver goes wrong: the
 * first, the second, and so on to the last. Whatever it is, borrowers are answered, nobody meets
 * what another one left, the pool recovers by itself, and at the end the accounts are right.
 */
class FaultAtEveryCallTest {
  /** Longer than the pool waits for anything, a return included. */
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Every call goes wrong in a quarter of all ways; in all of them it does in the slow tests. */
  private static final int STRIDE = 4;

  /** How the call goes wrong. */
  enum Fault {
    CONNECTION_FAILURE,
    REFUSAL,
    RUNTIME_EXCEPTION,
    LINKAGE_ERROR,
    VIRTUAL_MACHINE_ERROR,
    SESSION_KILLED,
    INTERRUPTED,
    SLOW,
    HANGS;

    void strike(PoolFixture pool, FakeDatabase.Session session) {
      switch (this) {
        case CONNECTION_FAILURE -> throw sneaky(new SQLException("connection lost", "08006"));
        case REFUSAL -> throw sneaky(new SQLException("refused", "42501"));
        case RUNTIME_EXCEPTION -> throw new IllegalStateException("of a driver");
        case LINKAGE_ERROR -> throw new NoSuchMethodError("of a driver");
        case VIRTUAL_MACHINE_ERROR -> throw new StackOverflowError("of a driver");
        case SESSION_KILLED -> session.kill();
        case INTERRUPTED -> Thread.currentThread().interrupt();
        case SLOW -> pool.runtime.take(Duration.ofMillis(700));
        case HANGS -> pool.runtime.take(LONG.multipliedBy(2));
      }
    }

    /** Throws a checked exception where none is declared, as a driver's proxy is made to do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
      throw (E) thrown;
    }
  }

  @ParameterizedTest
  @EnumSource
  void storyGoesOn(Fault fault) {
    tellAgainAndAgain(fault, STRIDE, false);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void storyGoesOn_eachFaultAtEachCall(Fault fault) {
    tellAgainAndAgain(fault, 1, false);
    tellAgainAndAgain(fault, 1, true);
  }

  private static void tellAgainAndAgain(Fault fault, int stride, boolean requests) {
    int calls = tell(fault, Integer.MAX_VALUE, requests);
    assertThat(calls).as("calls of the driver in the story").isGreaterThan(20);
    for (int broken = 1 + fault.ordinal() % stride; broken <= calls; broken += stride) {
      tell(fault, broken, requests);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CONNECTION_FAILURE", "LINKAGE_ERROR", "INTERRUPTED", "HANGS"})
  void storyGoesOn_whereTheDriverIsToldOfRequests(Fault fault) {
    tellAgainAndAgain(fault, STRIDE, true);
  }

  /** Returns how many calls the driver got. */
  private static int tell(Fault fault, int broken, boolean requests) {
    int[] calls = new int[1];
    boolean[] over = new boolean[1];
    try (PoolFixture pool =
        PoolFixture.create(
            c ->
                c.maximumPoolSize(2)
                    .minimumIdle(1)
                    .keepaliveTime(Duration.ofSeconds(10))
                    .maxLifetime(LONG)
                    .idleTimeout(Duration.ofSeconds(20)))) {
      if (requests) {
        pool.requestBoundaries();
      }
      pool.sessionsFrom(
          () -> {
            FakeDatabase.Session session = pool.database.open();
            session.onEachCall(
                () -> {
                  if (!over[0] && ++calls[0] == broken) {
                    fault.strike(pool, session);
                  }
                });
            return session;
          });
      pool.start();
      Story story = new Story(pool, fault + " at call " + broken);
      story.tell();
      over[0] = true;
      story.goesOn(fault == Fault.HANGS ? LONG.multipliedBy(3) : LONG.dividedBy(4));
      return calls[0];
    } catch (AssertionError e) {
      throw new AssertionError(fault + " at call " + broken + ": " + e.getMessage(), e);
    }
  }

  /** A life of borrowing, with all that upkeep does in between. */
  private static final class Story {
    private final PoolFixture pool;
    private final String name;
    private final List<String> wrong = new ArrayList<>();
    private int told;

    Story(PoolFixture pool, String name) {
      this.pool = pool;
      this.name = name;
    }

    void tell() {
      borrow(Story::leaveEverythingOpen);
      pool.advance(Duration.ofSeconds(1)); // so that the next one is validated
      borrow(Story::workInATransaction);
      borrow(Story::changeWhatIsSeldomChanged);
      borrow(Story::workOnTheDriversObject);
      pool.advance(Duration.ofSeconds(11)); // pings
      borrowTwice();
      pool.advance(LONG); // the surplus goes, and all are replaced
      borrow(connection -> {});
      pool.engine.evict();
      pool.advance(LONG);
      assertThat(wrong).as(name).isEmpty();
    }

    /** There will be no other fault, and by then the driver has let go, whatever it did. */
    void goesOn(Duration later) {
      pool.advance(later);
      List<Connection> all = pool.get(2);
      PoolFixture.giveBack(all);
      assertThat(pool.stats().active() + pool.stats().waiting()).as(name).isZero();
    }

    private static void leaveEverythingOpen(Connection connection) throws SQLException {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setSchema("other");
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      Statement left = connection.createStatement();
      left.execute("select 1");
    }

    private static void workInATransaction(Connection connection) throws SQLException {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("update t set a = 1");
      }
      connection.commit();
      connection.setAutoCommit(true);
    }

    /** Attributes that the pool reads before the first change, or never. */
    private static void changeWhatIsSeldomChanged(Connection connection) throws SQLException {
      connection.setCatalog("other");
      connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
      connection.setNetworkTimeout(Runnable::run, 5_000);
      connection.setClientInfo("ApplicationName", "story");
      connection.setTypeMap(Map.of("point", String.class));
      connection.setAutoCommit(false);
      connection.setSavepoint();
    }

    private static void workOnTheDriversObject(Connection connection) throws SQLException {
      connection.setAutoCommit(false);
      Blob blob = connection.createBlob();
      blob.setBytes(1, new byte[] {1});
      blob.getBytes(1, 1);
      blob.free();
      Savepoint savepoint = connection.setSavepoint();
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
      // The pool sees nothing of what follows.
      Connection own = connection.unwrap(FakeDatabase.DriverConnection.class);
      own.setCatalog("other");
      own.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      own.commit();
      own.setAutoCommit(true);
    }

    private void borrowTwice() {
      borrow(
          first -> {
            try (Connection second = pool.engine.pool().getConnection()) {
              workInATransaction(second);
              second.isValid(1);
            }
          });
    }

    /** What a borrower does with a connection. */
    private interface Use {
      void with(Connection connection) throws SQLException;
    }

    private void borrow(Use use) {
      int number = ++told;
      boolean[] over = new boolean[1];
      pool.runtime.start(
          "borrower " + number,
          () -> {
            try {
              lend(use);
            } finally {
              over[0] = true;
            }
          });
      for (int steps = 0; !over[0] && steps < 4 * LONG.toSeconds(); steps++) {
        pool.advance(Duration.ofSeconds(1));
      }
      if (!over[0]) {
        wrong.add("borrower " + number + " waits for ever");
      }
    }

    private void lend(Use use) {
      Connection connection;
      try {
        connection = pool.engine.pool().getConnection();
      } catch (SQLException e) {
        return; // told so
      } catch (RuntimeException | Error e) {
        if (!isOfTheDriver(e)) {
          wrong.add("getConnection threw " + e);
        }
        return;
      }
      String left = pool.session(connection).leftovers();
      if (!left.isEmpty()) {
        wrong.add("left by an earlier borrower: " + left);
      }
      try {
        use.with(connection);
      } catch (SQLException | RuntimeException | Error e) {
        if (!(e instanceof SQLException) && !isOfTheDriver(e)) {
          wrong.add("a call threw " + e);
        }
      } finally {
        giveBack(connection);
      }
    }

    private void giveBack(Connection connection) {
      try {
        connection.close();
      } catch (SQLException | RuntimeException e) {
        wrong.add("close() threw " + e);
      } catch (Error e) {
        if (!(e instanceof VirtualMachineError)) { // that is for the borrower to know
          wrong.add("close() threw " + e);
        }
      }
    }

    private static boolean isOfTheDriver(Throwable thrown) {
      return "of a driver".equals(thrown.getMessage());
    }
  }
}
