package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.exchange.SlotState;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several threads in calls of one connection. What the second does happens here while the driver is
 * in the call of the first.
 */
class CallsAtOnceTest {
  private static final String EXECUTE = "Statement.execute";

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());
  private final Connection connection = lender.lend();

  /** What it did before it failed was committed, as auto-commit was turned on again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void batchThatFailsBesideTheEndOfATransaction_isRolledBack(boolean commit) throws SQLException {
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    BatchUpdateException failure = new BatchUpdateException("the third", "23505", new int[2]);
    jdbc.answerWith(
        "Statement.executeBatch",
        () -> {
          if (commit) {
            connection.commit();
          } else {
            connection.rollback();
          }
          jdbc.forgetCalls();
          throw failure;
        });
    assertThatThrownBy(statement::executeBatch).isSameAs(failure);
    connection.close();
    assertThat(jdbc.log())
        .containsSubsequence("Connection.rollback()", "Connection.setAutoCommit(true)");
  }

  /** Whichever the driver has first. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusalOfASetter_leavesWhatAnotherHasSet(boolean refusedLast) throws SQLException {
    String setter = "Connection.setTransactionIsolation";
    int unknown = 3;
    SQLException refusal = new SQLFeatureNotSupportedException("no such isolation");
    jdbc.answerWith(
        setter,
        () -> {
          jdbc.answer(setter, null);
          if (refusedLast) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            throw refusal;
          }
          jdbc.fail(setter, refusal);
          assertThatThrownBy(() -> connection.setTransactionIsolation(unknown)).isSameAs(refusal);
          jdbc.answer(setter, null);
          return null;
        });
    if (refusedLast) {
      assertThatThrownBy(() -> connection.setTransactionIsolation(unknown)).isSameAs(refusal);
    } else {
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    }
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log()).anyMatch(call -> call.startsWith(setter));
  }

  /** Begun while another sets it back in vain, and refused when that has failed. */
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void refusalOfASetter_afterASettingBackThatFailed_leavesWhatWasSet() throws Exception {
    String setter = "Connection.setTransactionIsolation";
    int original = FakeLender.DEFAULTS.transactionIsolation();
    SQLException failure = new SQLException("in a transaction", "25001");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    List<Future<?>> refused = new ArrayList<>();
    jdbc.answerWithArguments(
        setter,
        given -> {
          if (given.get(0).equals(original)) {
            refused.add(threads.submit(() -> setIsolation(3)));
            begun.await();
            throw failure;
          }
          begun.countDown();
          failed.await();
          throw new SQLFeatureNotSupportedException("no such isolation");
        });
    try {
      assertThatThrownBy(() -> connection.setTransactionIsolation(original)).isSameAs(failure);
      failed.countDown();
      assertThatThrownBy(() -> refused.get(0).get())
          .hasCauseInstanceOf(SQLFeatureNotSupportedException.class);
    } finally {
      threads.shutdown();
    }
    jdbc.answer(setter, null);
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log()).contains(setter + "(" + original + ")");
  }

  /** That two were set at once is remembered for as long as one of them is under way. */
  @Test
  void refusalOfASetter_besideAThird_leavesWhatAnotherHasSet() throws SQLException {
    String setter = "Connection.setTransactionIsolation";
    SQLException refusal = new SQLFeatureNotSupportedException("no such isolation");
    jdbc.answerWith(
        setter,
        () -> {
          jdbc.answer(setter, null);
          connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
          connection.setHoldability(2);
          throw refusal;
        });
    assertThatThrownBy(() -> connection.setTransactionIsolation(3)).isSameAs(refusal);
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log()).anyMatch(call -> call.startsWith(setter));
  }

  private @Nullable Void setIsolation(int level) throws SQLException {
    connection.setTransactionIsolation(level);
    return null;
  }

  @Test
  void refusalOfASetter_longAfterTwoWereSetAtOnce_needsNoReset() throws SQLException {
    String setter = "Connection.setHoldability";
    jdbc.answerWith(
        setter,
        () -> {
          jdbc.answer(setter, null);
          connection.setHoldability(2);
          return null;
        });
    connection.setHoldability(2);
    SQLException refusal = new SQLFeatureNotSupportedException("no type maps");
    jdbc.fail("Connection.setTypeMap", refusal);
    assertThatThrownBy(() -> connection.setTypeMap(Map.of())).isSameAs(refusal);
    connection.close();
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  /** As many as fit into the bits that count them would be none. */
  @ParameterizedTest
  @ValueSource(ints = {63, 127, 128, 129, 255, 256})
  void returnAmongVeryManyCalls_meetsThem(int calls) throws SQLException {
    Statement statement = connection.createStatement();
    execute(statement, calls);
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  private void execute(Statement statement, int deeper) throws SQLException {
    jdbc.answerWith(
        EXECUTE,
        () -> {
          if (deeper > 1) {
            execute(statement, deeper - 1);
          } else {
            connection.close();
          }
          return true;
        });
    boolean unused = statement.execute("select");
  }

  /** What the driver does not have it would refuse to reset, too. */
  @Test
  void refusalOfASetter_besideAnotherCall_needsNoReset() throws SQLException {
    SQLException refusal = new SQLFeatureNotSupportedException("no type maps");
    jdbc.fail("Connection.setTypeMap", refusal);
    jdbc.answerWith(
        EXECUTE,
        () -> {
          assertThatThrownBy(() -> connection.setTypeMap(Map.of())).isSameAs(refusal);
          return true;
        });
    boolean unused = connection.createStatement().execute("select");
    connection.close();
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  @Test
  void refusalOfASetter_alone_needsNoReset() throws SQLException {
    SQLException refusal = new SQLFeatureNotSupportedException("no such isolation");
    jdbc.fail("Connection.setTransactionIsolation", refusal);
    assertThatThrownBy(() -> connection.setTransactionIsolation(3)).isSameAs(refusal);
    connection.close();
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }
}
