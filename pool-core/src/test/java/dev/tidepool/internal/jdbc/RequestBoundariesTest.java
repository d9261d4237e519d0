package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.exchange.SlotState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A borrower that tells the driver of its requests, which is the pool's affair. */
class RequestBoundariesTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();

  /** HSQLDB: the next one in a pool without auto-commit had it on, and its rows were committed. */
  @Test
  void endOfARequest_isNotPassedOn_whereThePoolTellsNone() throws SQLException {
    FakeLender lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, false);
    jdbc.turnAutoCommit(false);
    jdbc.answerWith(
        "Connection.endRequest",
        () -> {
          jdbc.turnAutoCommit(true);
          return null;
        });
    try (Connection connection = lender.lend()) {
      connection.beginRequest();
      connection.endRequest();
    }
    try (Connection next = lender.lend()) {
      assertThat(next.getAutoCommit()).isFalse();
    }
    assertThat(jdbc.log()).noneMatch(call -> call.contains("Request"));
    assertThat(lender.returns).extracting(FakeLender.Returned::reason).containsOnlyNulls();
  }

  @Test
  void boundaries_arePassedOn_whereThePoolTellsThem() throws SQLException {
    FakeLender lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);
    try (Connection connection = lender.lend()) {
      jdbc.forgetCalls();
      connection.endRequest();
      connection.beginRequest();
      assertThat(jdbc.log())
          .containsExactly("Connection.endRequest()", "Connection.beginRequest()");
    }
  }

  /** SQL Server's rolls back and resets auto-commit: it must not do that to the next borrower. */
  @ParameterizedTest
  @ValueSource(strings = {"beginRequest", "endRequest"})
  void boundaryUnderWay_whileAnotherThreadGivesTheConnectionBack_retires(String boundary)
      throws SQLException {
    FakeLender lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);
    Connection connection = lender.lend();
    AtomicBoolean met = new AtomicBoolean();
    jdbc.answerWith(
        "Connection." + boundary,
        () -> {
          if (!met.getAndSet(true)) {
            connection.close();
          }
          return null;
        });
    if (boundary.equals("beginRequest")) {
      connection.beginRequest();
    } else {
      connection.endRequest();
    }
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void afterTheReturn_theyAreRefused_whetherThePoolTellsThemOrNot() {
    for (boolean told : new boolean[] {false, true}) {
      Connection connection = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, told).lend();
      ((BorrowedConnection) connection).close();
      assertThatThrownBy(connection::endRequest).hasMessageContaining("returned to pool");
      assertThatThrownBy(connection::beginRequest).hasMessageContaining("returned to pool");
    }
  }
}
