package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.SlotState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that sets the network timeout in the borrower's executor, as MySQL's does. */
@NullUnmarked // drivers answer null
class LateExecutorTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());
  private final List<Integer> timeouts = new ArrayList<>();
  private final Queue<Runnable> queue = new ArrayDeque<>();

  @BeforeEach
  void setTimeoutsInTheExecutor() {
    jdbc.answerWithArguments(
        "Connection.setNetworkTimeout",
        arguments -> {
          ((Executor) arguments.get(0)).execute(() -> timeouts.add((Integer) arguments.get(1)));
          return null;
        });
  }

  @Test
  void taskInTime_isRun() throws SQLException {
    Connection connection = lender.lend();
    connection.setNetworkTimeout(queue::add, 9);
    queue.remove().run();
    connection.close();

    assertThat(timeouts).containsExactly(9, FakeLender.DEFAULTS.networkTimeoutMillis());
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  @Test
  void taskThatWaitsWhenTheConnectionGoesBack_isNotRun() throws SQLException {
    Connection connection = lender.lend();
    connection.setNetworkTimeout(queue::add, 9);
    connection.close();
    lender.lend();
    queue.remove().run();

    assertThat(timeouts).containsExactly(FakeLender.DEFAULTS.networkTimeoutMillis());
    assertThat(lender.entry.state()).isEqualTo(SlotState.IN_USE);
  }

  @Test
  void taskUnderWayWhenTheConnectionGoesBack_costsTheConnection() throws SQLException {
    Connection connection = lender.lend();
    jdbc.answerWithArguments(
        "Connection.setNetworkTimeout",
        arguments -> {
          ((Executor) arguments.get(0)).execute(() -> closeQuietly(connection));
          return null;
        });
    connection.setNetworkTimeout(queue::add, 8);
    queue.remove().run();

    assertThat(lender.returns).hasSize(1);
    assertThat(lender.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
