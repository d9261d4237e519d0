package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.SlotState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads at the same connection at the same moment, many times over. */
class ConcurrentCloseTest {
  private static final int ROUNDS = 2_000;

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final CyclicBarrier start = new CyclicBarrier(2);

  private interface Action {
    void run() throws SQLException;
  }

  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  @AfterEach
  void stopThreads() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private void together(Action first, Action second) throws Exception {
    List<Future<Void>> both = List.of(threads.submit(at(first)), threads.submit(at(second)));
    for (Future<Void> one : both) {
      one.get(10, TimeUnit.SECONDS);
    }
  }

  private Callable<Void> at(Action action) {
    return () -> {
      start.await(10, TimeUnit.SECONDS);
      action.run();
      return null;
    };
  }

  @Test
  void cleanConnection_closedTwiceAtOnce_returnsOnce() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      Connection connection = lender.lend();
      together(connection::close, connection::close);
      assertThat(lender.returns).hasSize(round);
    }
  }

  @Test
  void usedConnection_closedTwiceAtOnce_returnsOnce() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      Connection connection = lender.lend();
      connection.createStatement();
      jdbc.forgetCalls();
      together(connection::close, connection::close);
      assertThat(lender.returns).hasSize(round);
      assertThat(jdbc.log()).containsExactly("Statement.close()", "Connection.clearWarnings()");
    }
  }

  @Test
  void doomAndClose_returnOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      FakeLender fresh = new FakeLender(jdbc.connection());
      Connection connection = fresh.lend();
      connection.createStatement();
      together(connection::close, () -> fresh.entry.doom());
      assertThat(fresh.returns).hasSize(1);
    }
  }

  @Test
  void statementAndConnection_closedAtOnce_closeTheStatementOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      Statement statement = connection.createStatement();
      jdbc.forgetCalls();
      together(connection::close, statement::close);
      assertThat(jdbc.log()).filteredOn("Statement.close()"::equals).hasSize(1);
    }
  }

  @Test
  void twoStatements_closedAtOnce_areEachClosedOnce_andNothingIsLeft() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      Statement older = connection.createStatement();
      Statement newer = connection.prepareStatement("select 1");
      jdbc.forgetCalls();
      together(older::close, newer::close);
      connection.close();
      assertThat(jdbc.log())
          .containsExactlyInAnyOrder(
              "Statement.close()", "PreparedStatement.close()", "Connection.clearWarnings()");
    }
  }

  @Test
  void statementClosedTwiceAtOnce_isClosedOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      Statement statement = connection.createStatement();
      jdbc.forgetCalls();
      together(statement::close, statement::close);
      assertThat(jdbc.log()).containsExactly("Statement.close()");
      connection.close();
    }
  }

  /** The late one must meet neither the next borrower's statement nor leave its own behind. */
  @Test
  void statementMadeWhileTheConnectionGoesOn_leavesTheNextBorrowersAlone() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      connection.getCatalog();
      Statement[] next = new Statement[1];
      jdbc.forgetCalls();
      together(
          () -> {
            connection.close();
            next[0] = lender.lend().prepareStatement("select 1");
          },
          () -> tryCreate(connection));
      List<String> calls = jdbc.log();
      long made = calls.stream().filter("Connection.createStatement()"::equals).count();
      assertThat(calls).filteredOn("Statement.close()"::equals).hasSize((int) made);
      assertThat(calls).doesNotContain("PreparedStatement.close()");
      Connection borrowedNext = next[0].getConnection();
      jdbc.forgetCalls();
      borrowedNext.close();
      assertThat(jdbc.log())
          .containsExactly("PreparedStatement.close()", "Connection.clearWarnings()");
    }
  }

  @Test
  void attributesSetAtOnce_areBothReset() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      together(() -> connection.setReadOnly(true), () -> connection.setSchema("other"));
      jdbc.forgetCalls();
      connection.close();
      assertThat(jdbc.log()).contains("Connection.setReadOnly(false)", "Connection.setSchema(sch)");
    }
  }

  @Test
  void statementMadeDuringClose_isClosedOrRefused() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = lender.lend();
      connection.getCatalog();
      jdbc.forgetCalls();
      together(connection::close, () -> tryCreate(connection));
      List<String> calls = jdbc.log();
      long made = calls.stream().filter("Connection.createStatement()"::equals).count();
      assertThat(calls).filteredOn("Statement.close()"::equals).hasSize((int) made);
    }
  }

  /** The connection comes back unused, so its close() has nothing to undo when it looks. */
  @Test
  void veryFirstCall_whileTheConnectionGoes_leavesNothingToTheNextBorrower() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      FakeLender fresh = new FakeLender(jdbc.connection());
      Connection connection = fresh.lend();
      jdbc.forgetCalls();
      together(connection::close, () -> tryCreate(connection));
      List<String> calls = jdbc.log();
      long made = calls.stream().filter("Connection.createStatement()"::equals).count();
      long closed = calls.stream().filter("Statement.close()"::equals).count();
      assertThat(fresh.returns).hasSize(1);
      if (closed != made) {
        assertThat(fresh.retiredSoon).isNotEmpty();
        assertThat(fresh.entry.state()).isEqualTo(SlotState.RETIRED);
      }
    }
  }

  @Test
  void firstCallBetweenTheLookAndTheReturn_retiresTheConnection() throws Exception {
    List<Use> uses =
        List.of(Connection::createStatement, c -> c.setAutoCommit(false), c -> c.setReadOnly(true));
    for (Use first : uses) {
      FakeLender fresh = new FakeLender(jdbc.connection());
      Connection connection = fresh.lend();
      fresh.meanwhile = () -> assertThatCode(() -> first.of(connection)).doesNotThrowAnyException();
      connection.close();
      assertThat(fresh.retiredSoon).containsExactly(RetireReason.RESET_FAILED);
      assertThat(fresh.entry.state()).isEqualTo(SlotState.RETIRED);
    }
  }

  private static void tryCreate(Connection connection) {
    try {
      connection.createStatement();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("08003");
    }
  }
}
